// A box filter that takes rows as they come. It stands in C because it touches every pixel of the source, and because the
// decoders feed it row by row without ever holding the source.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int scaler_open(scaler *state, uint32_t from_width, uint32_t from_height, uint32_t to_width, uint32_t to_height,
                uint8_t *target, int drops_alpha) {
    *state = (scaler){.from_width = from_width,
                      .from_height = from_height,
                      .to_width = to_width,
                      .to_height = to_height,
                      .target = target,
                      .alpha_floor = drops_alpha ? 255 : 0};
    // The same size needs no sums: rows are copied.
    if (from_width == to_width && from_height == to_height) return IMAGE_CODEC_OK;
    state->reduced = malloc((size_t)to_width * 4 * sizeof(float));
    state->sums = calloc((size_t)to_width * 4, sizeof(float));
    // One pixel more, since the last is read as four channels where there are three.
    state->whole = calloc((size_t)from_width * 4 + 4, sizeof(uint16_t));
    state->parts = calloc((size_t)from_width * 4 + 4, sizeof(float));
    if (state->reduced && state->sums && state->whole && state->parts) return IMAGE_CODEC_OK;
    scaler_close(state);
    return IMAGE_CODEC_NO_MEMORY;
}

void scaler_close(scaler *state) {
    free(state->reduced);
    free(state->sums);
    free(state->whole);
    free(state->parts);
    state->reduced = NULL;
    state->sums = NULL;
    state->whole = NULL;
    state->parts = NULL;
}

// Adds the span [begin, end) of a row, in source pixels, to one premultiplied sum.
static void add_span(const uint8_t *rgba, uint8_t alpha_floor, uint32_t width, double begin, double end, float *sum) {
    uint32_t first = (uint32_t)begin;
    for (uint32_t x = first; x < width && x < end; x++) {
        double left = x < begin ? begin : x, right = x + 1 > end ? end : x + 1;
        float weight = (float)(right - left);
        const uint8_t *pixel = rgba + (size_t)x * 4;
        float alpha = weight * (pixel[3] | alpha_floor);
        sum[0] += alpha * pixel[0];
        sum[1] += alpha * pixel[1];
        sum[2] += alpha * pixel[2];
        sum[3] += alpha;
    }
}

// The same of four channels that are all alike.
static void add_plain_span(const uint8_t *inks, uint32_t width, double begin, double end, float *sum) {
    for (uint32_t x = (uint32_t)begin; x < width && x < end; x++) {
        double left = x < begin ? begin : x, right = x + 1 > end ? end : x + 1;
        float weight = (float)(right - left);
        for (int channel = 0; channel < 4; channel++) sum[channel] += weight * inks[(size_t)x * 4 + (size_t)channel];
    }
}

static void reduce_row(scaler *state, const uint8_t *rgba) {
    double step = (double)state->from_width / state->to_width;
    memset(state->reduced, 0, (size_t)state->to_width * 4 * sizeof(float));
    for (uint32_t x = 0; x < state->to_width; x++) {
        double end = x + 1 == state->to_width ? state->from_width : (x + 1) * step;
        float *sum = state->reduced + (size_t)x * 4;
        if (state->is_plain)
            add_plain_span(rgba, state->from_width, x * step, end, sum);
        else
            add_span(rgba, state->alpha_floor, state->from_width, x * step, end, sum);
    }
}

static uint8_t to_byte(float value) {
    float rounded = value + 0.5f;
    return rounded >= 255 ? 255 : rounded <= 0 ? 0 : (uint8_t)rounded;
}

// Premultiplied sums over areas of this size become straight pixels, and are 0 again.
static void finish_pixels(float *sum, size_t count, double area, uint8_t *out) {
    // Most pixels have the same alpha as the one before: one division does for them.
    float known = 0, share = 0;
    for (size_t i = 0; i < count; i++, sum += 4, out += 4) {
        float alpha = sum[3];
        if (alpha != known) {
            known = alpha;
            share = alpha > 0 ? 1 / alpha : 0;
        }
        for (int channel = 0; channel < 3; channel++) out[channel] = to_byte(sum[channel] * share);
        out[3] = to_byte((float)(alpha / area));
        sum[0] = sum[1] = sum[2] = sum[3] = 0;
    }
}

// Opaque rows are added up where they stand, all their bytes alike, which the compiler does many at a time, and added across once a
// target row.

typedef float four __attribute__((vector_size(16)));

static four four_at(const float *at) {
    four value;
    memcpy(&value, at, sizeof value);
    return value;
}

// Adds the columns up across, from `parts`, into the target's sums, as of alpha 255.
static void add_across(scaler *state) {
    double step = (double)state->from_width / state->to_width;
    uint32_t channels = (uint32_t)state->channels, width = state->from_width;
    for (uint32_t x = 0; x < state->to_width; x++) {
        double begin = x * step, end = x + 1 == state->to_width ? width : (x + 1) * step;
        uint32_t first = (uint32_t)begin, last = (uint32_t)end;
        const float *at = state->parts + (size_t)first * channels;
        four sum = four_at(at) * (float)(first + 1 < end ? first + 1 - begin : end - begin);
        for (uint32_t i = first + 1; i < last; i++) sum += four_at(at += channels);
        if (last > first && last < width && end > last) sum += four_at(at + channels) * (float)(end - last);
        for (int channel = 0; channel < 3; channel++) state->sums[(size_t)x * 4 + (size_t)channel] += sum[channel] * 255;
    }
}

// Adds what opaque rows came to to the target's sums; `height` is how much of them there is.
static void settle(scaler *state, double height) {
    size_t count = (size_t)state->from_width * (size_t)state->channels;
    if (state->whole_count) {
        for (size_t i = 0; i < count; i++) state->parts[i] += state->whole[i];
        memset(state->whole, 0, count * sizeof(uint16_t));
    }
    add_across(state);
    float alpha = (float)(255 * height * state->from_width / state->to_width);
    for (uint32_t x = 0; x < state->to_width; x++) state->sums[(size_t)x * 4 + 3] += alpha;
    memset(state->parts, 0, count * sizeof(float));
    state->whole_count = 0;
    state->has_parts = 0;
    state->opaque_height = 0;
}

// Says how many channels the next opaque row has.
static void expect_channels(scaler *state, int channels) {
    if (state->channels != channels && (state->whole_count || state->has_parts)) settle(state, state->opaque_height);
    state->channels = channels;
}

static void finish_row(scaler *state) {
    if (state->whole_count || state->has_parts) settle(state, state->opaque_height);
    double area = ((double)state->from_width / state->to_width) * ((double)state->from_height / state->to_height);
    uint8_t *out = state->target + (size_t)state->to_row * state->to_width * 4;
    if (state->is_plain) {
        for (size_t i = 0; i < (size_t)state->to_width * 4; i++) out[i] = to_byte((float)(state->sums[i] / area));
        memset(state->sums, 0, (size_t)state->to_width * 4 * sizeof(float));
    } else {
        finish_pixels(state->sums, state->to_width, area, out);
    }
    state->to_row++;
    state->filled = 0;
}

static void add_opaque(scaler *state, const uint8_t *row, double part) {
    size_t count = (size_t)state->from_width * (size_t)state->channels;
    // 257 times 255 is what a sum can hold.
    if (state->whole_count == 257) settle(state, state->opaque_height);
    state->opaque_height += part;
    if (part > 1 - 1e-9) {
        uint16_t *whole = state->whole;
        for (size_t i = 0; i < count; i++) whole[i] += row[i];
        state->whole_count++;
    } else {
        float weight = (float)part, *parts = state->parts;
        for (size_t i = 0; i < count; i++) parts[i] += weight * row[i];
        state->has_parts = 1;
    }
}

// Gives the next source row to the target rows that it lies in; `opaque` has `channels` channels and is not NULL if it is opaque.
static void distribute(scaler *state, const uint8_t *opaque) {
    double step = (double)state->from_height / state->to_height;
    double remaining = 1;
    int last = state->from_row + 1 == state->from_height;
    // Rounding could leave a crumb of a row behind; it must not start a row of its own.
    while (remaining > 1e-9 && state->to_row < state->to_height) {
        double wanted = step - state->filled;
        double part = remaining < wanted ? remaining : wanted;
        if (opaque)
            add_opaque(state, opaque, part);
        else
            for (size_t i = 0; i < (size_t)state->to_width * 4; i++) state->sums[i] += (float)part * state->reduced[i];
        state->filled += part;
        remaining -= part;
        if (state->filled >= step - 1e-9) finish_row(state);
    }
    state->from_row++;
    if (last && state->to_row < state->to_height) finish_row(state);
}

static int is_opaque(const uint8_t *rgba, size_t width) {
    size_t x = 0;
    for (; x + 64 <= width; x += 64) {
        uint8_t all = 255;
        for (size_t i = 0; i < 64; i++) all &= rgba[(x + i) * 4 + 3];
        if (all != 255) return 0;
    }
    for (; x < width; x++)
        if (rgba[x * 4 + 3] != 255) return 0;
    return 1;
}

void scaler_take(scaler *state, const uint8_t *rgba) {
    if (state->from_row >= state->from_height) return;
    if (!state->sums) {
        uint8_t *row = state->target + (size_t)state->from_row * state->to_width * 4;
        memcpy(row, rgba, (size_t)state->to_width * 4);
        if (state->alpha_floor)
            for (uint32_t x = 0; x < state->to_width; x++) row[(size_t)x * 4 + 3] = 255;
        state->from_row++;
        return;
    }
    if (!state->is_plain && (state->alpha_floor || is_opaque(rgba, state->from_width))) {
        expect_channels(state, 4);
        distribute(state, rgba);
    } else {
        reduce_row(state, rgba);
        distribute(state, NULL);
    }
}

void scaler_take_opaque(scaler *state, const uint8_t *row, int channels) {
    if (state->from_row >= state->from_height) return;
    if (!state->sums) {
        uint8_t *to = state->target + (size_t)state->from_row * state->to_width * 4;
        for (size_t x = 0; x < state->to_width; x++) {
            for (size_t channel = 0; channel < 3; channel++) to[x * 4 + channel] = row[x * (size_t)channels + channel];
            to[x * 4 + 3] = 255;
        }
        state->from_row++;
        return;
    }
    expect_channels(state, channels);
    distribute(state, row);
}

int scaler_fill(scaler *state) {
    if (!state->from_row) return 0;
    uint8_t *row = state->from_row < state->from_height ? malloc((size_t)state->from_width * 4) : NULL;
    if (!row) return state->from_row >= state->from_height;
    for (size_t x = 0; x < state->from_width; x++) {
        static const uint8_t gray[4] = {128, 128, 128, 255}, inks[4] = {0, 0, 0, 127};
        memcpy(row + x * 4, state->is_plain ? inks : gray, 4);
    }
    while (state->from_row < state->from_height) scaler_take(state, row);
    free(row);
    return 1;
}

int scatter_open(scatter *state, uint32_t from_width, uint32_t from_height, uint32_t to_width, uint32_t to_height,
                 uint8_t *target, int drops_alpha) {
    *state = (scatter){.from_width = from_width,
                       .from_height = from_height,
                       .to_width = to_width,
                       .to_height = to_height,
                       .target = target,
                       .alpha_floor = drops_alpha ? 255 : 0};
    if (from_width == to_width && from_height == to_height) {
        memset(target, 0, (size_t)to_width * to_height * 4);
        return IMAGE_CODEC_OK;
    }
    state->sums = calloc((size_t)to_width * to_height, 4 * sizeof(float));
    return state->sums ? IMAGE_CODEC_OK : IMAGE_CODEC_NO_MEMORY;
}

void scatter_close(scatter *state) {
    free(state->sums);
    state->sums = NULL;
}

// Which target the source's unit at `at` lies in, and how much of it; the rest lies in the next. A target is `step` units long, at
// least 1, so that no unit reaches a third.
static uint32_t place(uint32_t at, double step, uint32_t count, float *share) {
    uint32_t target = (uint32_t)(at / step);
    if (target >= count) target = count - 1;
    double inside = (target + 1) * step - at;
    *share = target + 1 == count || inside >= 1 ? 1 : (float)inside;
    return target;
}

void scatter_take(scatter *state, uint32_t y, uint32_t x, uint32_t step, const uint8_t *rgba, uint32_t count) {
    if (!state->sums) {
        uint8_t *row = state->target + (size_t)y * state->to_width * 4;
        for (uint32_t i = 0; i < count; i++, x += step) {
            memcpy(row + (size_t)x * 4, rgba + (size_t)i * 4, 4);
            row[(size_t)x * 4 + 3] |= state->alpha_floor;
        }
        return;
    }
    double across = (double)state->from_width / state->to_width, down = (double)state->from_height / state->to_height;
    float upper;
    uint32_t to_y = place(y, down, state->to_height, &upper);
    for (uint32_t i = 0; i < count; i++, x += step, rgba += 4) {
        float left, alpha = (float)(rgba[3] | state->alpha_floor);
        uint32_t to_x = place(x, across, state->to_width, &left);
        for (int part = 0; part < 4; part++) {
            float share = (part & 1 ? 1 - left : left) * (part & 2 ? 1 - upper : upper);
            if (share <= 0) continue;
            float *sum = state->sums + ((size_t)(to_y + (part >> 1)) * state->to_width + to_x + (part & 1)) * 4;
            for (int channel = 0; channel < 3; channel++) sum[channel] += share * alpha * rgba[channel];
            sum[3] += share * alpha;
        }
    }
}

void scatter_finish(scatter *state) {
    if (!state->sums) return;
    double area = ((double)state->from_width / state->to_width) * ((double)state->from_height / state->to_height);
    finish_pixels(state->sums, (size_t)state->to_width * state->to_height, area, state->target);
}

void scatter_fill(scatter *state) {
    scatter_finish(state);
    image_codec_flatten(state->target, (size_t)state->to_width * state->to_height, 128, 128, 128);
}

int image_codec_scale(const uint8_t *from, uint32_t from_width, uint32_t from_height, uint8_t *to, uint32_t to_width,
                      uint32_t to_height) {
    if (!from_width || !from_height || !to_width || !to_height) return IMAGE_CODEC_BAD_PARAMETER;
    scaler state;
    int code = scaler_open(&state, from_width, from_height, to_width, to_height, to, 0);
    if (code != IMAGE_CODEC_OK) return code;
    for (uint32_t y = 0; y < from_height; y++) scaler_take(&state, from + (size_t)y * from_width * 4);
    scaler_close(&state);
    return IMAGE_CODEC_OK;
}
