export const rail = { start() {} };
