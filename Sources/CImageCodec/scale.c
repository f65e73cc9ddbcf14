// A box filter that takes rows as they come. It stands in C because it touches every pixel of the source, and because the
// decoders feed it row by row without ever holding the source.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

int scaler_open(scaler *state, uint32_t from_width, uint32_t from_height, uint32_t to_width, uint32_t to_height,
                uint8_t *target) {
    *state = (scaler){.from_width = from_width,
                      .from_height = from_height,
                      .to_width = to_width,
                      .to_height = to_height,
                      .target = target};
    // The same size needs no sums: rows are copied.
    if (from_width == to_width && from_height == to_height) return IMAGE_CODEC_OK;
    state->reduced = malloc((size_t)to_width * 4 * sizeof(float));
    state->sums = calloc((size_t)to_width * 4, sizeof(float));
    if (state->reduced && state->sums) return IMAGE_CODEC_OK;
    scaler_close(state);
    return IMAGE_CODEC_NO_MEMORY;
}

void scaler_close(scaler *state) {
    free(state->reduced);
    free(state->sums);
    state->reduced = NULL;
    state->sums = NULL;
}

// Adds the span [begin, end) of a row, in source pixels, to one premultiplied sum.
static void add_span(const uint8_t *rgba, uint32_t width, double begin, double end, float *sum) {
    uint32_t first = (uint32_t)begin;
    for (uint32_t x = first; x < width && x < end; x++) {
        double left = x < begin ? begin : x, right = x + 1 > end ? end : x + 1;
        float weight = (float)(right - left);
        const uint8_t *pixel = rgba + (size_t)x * 4;
        float alpha = weight * pixel[3];
        sum[0] += alpha * pixel[0];
        sum[1] += alpha * pixel[1];
        sum[2] += alpha * pixel[2];
        sum[3] += alpha;
    }
}

static void reduce_row(scaler *state, const uint8_t *rgba) {
    double step = (double)state->from_width / state->to_width;
    memset(state->reduced, 0, (size_t)state->to_width * 4 * sizeof(float));
    for (uint32_t x = 0; x < state->to_width; x++) {
        double end = x + 1 == state->to_width ? state->from_width : (x + 1) * step;
        add_span(rgba, state->from_width, x * step, end, state->reduced + (size_t)x * 4);
    }
}

static uint8_t to_byte(float value) {
    float rounded = value + 0.5f;
    return rounded >= 255 ? 255 : rounded <= 0 ? 0 : (uint8_t)rounded;
}

static void finish_row(scaler *state) {
    double area = ((double)state->from_width / state->to_width) * ((double)state->from_height / state->to_height);
    uint8_t *out = state->target + (size_t)state->to_row * state->to_width * 4;
    for (uint32_t x = 0; x < state->to_width; x++, out += 4) {
        float *sum = state->sums + (size_t)x * 4;
        float alpha = sum[3];
        for (int channel = 0; channel < 3; channel++) out[channel] = alpha > 0 ? to_byte(sum[channel] / alpha) : 0;
        out[3] = to_byte((float)(alpha / area));
        sum[0] = sum[1] = sum[2] = sum[3] = 0;
    }
    state->to_row++;
    state->filled = 0;
}

void scaler_take(scaler *state, const uint8_t *rgba) {
    if (state->from_row >= state->from_height) return;
    if (!state->sums) {
        memcpy(state->target + (size_t)state->from_row * state->to_width * 4, rgba, (size_t)state->to_width * 4);
        state->from_row++;
        return;
    }
    reduce_row(state, rgba);
    double step = (double)state->from_height / state->to_height;
    double remaining = 1;
    int last = state->from_row + 1 == state->from_height;
    // Rounding could leave a crumb of a row behind; it must not start a row of its own.
    while (remaining > 1e-9 && state->to_row < state->to_height) {
        double wanted = step - state->filled;
        double part = remaining < wanted ? remaining : wanted;
        for (size_t i = 0; i < (size_t)state->to_width * 4; i++) state->sums[i] += (float)part * state->reduced[i];
        state->filled += part;
        remaining -= part;
        if (state->filled >= step - 1e-9) finish_row(state);
    }
    state->from_row++;
    if (last && state->to_row < state->to_height) finish_row(state);
}

int image_codec_scale(const uint8_t *from, uint32_t from_width, uint32_t from_height, uint8_t *to, uint32_t to_width,
                      uint32_t to_height) {
    if (!from_width || !from_height || !to_width || !to_height) return IMAGE_CODEC_BAD_PARAMETER;
    scaler state;
    int code = scaler_open(&state, from_width, from_height, to_width, to_height, to);
    if (code != IMAGE_CODEC_OK) return code;
    for (uint32_t y = 0; y < from_height; y++) scaler_take(&state, from + (size_t)y * from_width * 4);
    scaler_close(&state);
    return IMAGE_CODEC_OK;
}
