// Where the nodes of a lineage stand. Pure: the server's answer in, places out.

const column = { asset: 176, run: 184 };
const rowHeight = { asset: 152, run: 88 };
const room = 48;
const margin = 32;
/** The picture in the middle is larger than the others. */
const rootColumn = 272;
const rootRow = 248;
const caption = 22;

/** How large a thumbnail is drawn. */
function fitted(node, width, height) {
  const ratio = (node.width || 1) / (node.height || 1);
  const isWide = ratio > width / height;
  return isWide ? { width, height: Math.round(width / ratio) } : { width: Math.round(height * ratio), height };
}

/**
 * Puts nodes into columns, pictures and runs by turns, with the one asked for in the middle. Answers `{root, nodes,
 * columns, edges, width, height}`; each node has `x`, `y`, `width`, `height`, the size of its `picture`, and `middle`,
 * where edges end. One that is reached both ways stands where it is reached first. `scale` makes pictures larger. With
 * `isFolded` the outer columns of pictures are two beside each other, the far one lower by half a row: edges pass the near one between its
 * pictures, straight as far as `lane`.
 */
export function arrange({ id, nodes, edges }, scale = 1, isFolded = false) {
  const byID = new Map(nodes.map((node) => [node.id, { ...node, links: new Set() }]));
  // From left to right: a reference goes into a run, a run into its pictures.
  const arrows = edges
    .map((edge) => {
      const [from, to] = edge.kind === 'reference' ? [edge.asset, edge.run] : [edge.run, edge.asset];
      return { ...edge, from, to };
    })
    .filter(({ from, to }) => byID.has(from) && byID.has(to));
  for (const { from, to } of arrows) {
    byID.get(from).links.add(to);
    byID.get(to).links.add(from);
  }
  const root = byID.get(id) ?? byID.values().next().value;
  if (!root) return { nodes: [], edges: [], width: 0, height: 0 };
  root.depth = 0;
  // Ancestors by the way up, descendants by the way down, then what is left, beside what it hangs on.
  const walk = (starts, next, by) => {
    const queue = [...starts];
    while (queue.length) {
      const node = queue.shift();
      for (const other of next(node.id)) {
        if (other.depth === undefined) {
          other.depth = node.depth + by;
          queue.push(other);
        }
      }
    }
  };
  const before = (key) => arrows.filter((arrow) => arrow.to === key).map((arrow) => byID.get(arrow.from));
  const after = (key) => arrows.filter((arrow) => arrow.from === key).map((arrow) => byID.get(arrow.to));
  walk([root], before, -1);
  walk([root], after, 1);
  walk([...byID.values()].filter((node) => node.depth !== undefined), after, 1);
  walk([...byID.values()].filter((node) => node.depth !== undefined), before, -1);
  const columns = new Map();
  for (const node of byID.values()) {
    node.depth ??= 0;
    if (!columns.has(node.depth)) columns.set(node.depth, []);
    columns.get(node.depth).push(node);
  }
  const depths = [...columns.keys()].sort((a, b) => a - b);
  order(columns, depths, byID, arrows);
  const isLarge = (node) => node === root && node.kind === 'asset';
  const grown = (size, node) => (node.kind === 'asset' ? Math.round(size * scale) : size);
  const rowOf = (node) => grown(isLarge(node) ? rootRow : rowHeight[node.kind], node);
  const columnOf = (node) => grown(isLarge(node) ? rootColumn : column[node.kind], node);
  const tallOf = (list) => list.reduce((sum, node) => sum + rowOf(node), 0);
  const half = grown(rowHeight.asset, { kind: 'asset' }) / 2 + caption / 2;
  const parts = depths.flatMap((depth, place) => {
    const list = columns.get(depth);
    const isLeft = place === 0;
    const isOuter = isLeft || place === depths.length - 1;
    if (!isFolded || !isOuter || list.length < 4 || list.some((node) => node.kind !== 'asset' || node === root)) return [{ list }];
    const near = list.filter((_, index) => index % 2 === 0);
    const far = list.filter((_, index) => index % 2 === 1);
    return isLeft ? [{ list: far, isFar: true }, { list: near, isNear: true }] : [{ list: near, isNear: true }, { list: far, isFar: true }];
  });
  const tallOfPart = ({ list, isNear, isFar }) => tallOf(list) + (isNear || isFar ? half : 0);
  const tall = Math.max(...parts.map(tallOfPart));
  let x = margin;
  for (const [place, part] of parts.entries()) {
    const { list } = part;
    const width = Math.max(...list.map(columnOf));
    if (part.isFar) {
      const lane = place === 0 ? x + width + room + width : x - room - width;
      for (const node of list) node.lane = lane;
    }
    const other = part.isFar ? parts[place === 0 ? 1 : place - 1] : part;
    let y = margin + (tall - tallOfPart(other)) / 2 + (part.isFar ? half : 0);
    for (const node of list) {
      const box = { x, y: y + 8, width, height: rowOf(node) - 16 };
      const picture = node.kind === 'asset'
        ? fitted(
          node,
          columnOf(node),
          box.height - caption,
        )
        : { width: column.run, height: box.height };
      Object.assign(node, box, {
        picture,
        middle: box.y + (node.kind === 'asset' ? (box.height - caption) / 2 : box.height / 2),
      });
      y += rowOf(node);
    }
    x += width + room;
  }
  return {
    root,
    isFolded,
    nodes: [...byID.values()],
    columns: depths.map((depth) => columns.get(depth)),
    edges: arrows.map((arrow) => ({ ...arrow, a: byID.get(arrow.from), b: byID.get(arrow.to) })),
    width: x - room + margin,
    height: tall + 2 * margin,
  };
}

/** As `arrange`, in the shape that needs the least to be made smaller for a view of `width` by `height` px. */
export function arrangeFor(answer, { width, height }) {
  const roomOf = (graph) => Math.min(1, width / graph.width, height / graph.height);
  const [plain, folded] = [arrange(answer), arrange(answer, 1, true)];
  return roomOf(folded) > roomOf(plain) ? folded : plain;
}

/** Few crossings: each node near the middle of those on the side that was ordered before, to and fro. */
function order(columns, depths, byID, arrows) {
  const rank = new Map();
  const positions = new Map(arrows.map((arrow) => [`${arrow.from} ${arrow.to}`, arrow.position ?? 0]));
  for (const depth of depths) columns.get(depth).forEach((node, index) => rank.set(node.id, index));
  for (let turn = 0; turn < 3; turn += 1) {
    const isBack = turn % 2 === 1;
    for (const depth of isBack ? depths.toReversed() : depths) {
      const list = columns.get(depth);
      const weight = (node) => {
        const others = [...node.links].filter(
          (id) => (isBack ? byID.get(id).depth > depth : byID.get(id).depth < depth),
        );
        if (!others.length) return rank.get(node.id);
        const sum = others.reduce(
          (total, id) =>
            total + rank.get(id) + (
                positions.get(`${node.id} ${id}`) ?? positions.get(`${id} ${node.id}`) ?? 0
              ) / 1000,
          0,
        );
        return sum / others.length;
      };
      const weights = new Map(list.map((node) => [node, weight(node)]));
      list.sort((a, b) => weights.get(a) - weights.get(b));
      list.forEach((node, index) => rank.set(node.id, index));
    }
  }
}
