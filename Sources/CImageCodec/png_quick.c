// The usual kinds of PNG (8 bits a channel, RGB or RGBA, neither interlaced nor with a transparent colour), inflated piece by piece by ISA-L
// and unfiltered several bytes at a time. libpng needs twice the time. Whatever is unusual or damaged is left to libpng, which knows all
// rules: nothing here decides that a picture is damaged.
#include <isa-l.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum {
    // Of how many bytes a row may be.
    LONGEST_ROW = 4 << 20,
    // How much is unpacked before its rows are taken.
    PIECE = 256 << 10,
    // What `unfilter_pixels` reads beyond a row.
    SLACK = 4,
};

typedef struct {
    const uint8_t *bytes;
    // Where the next chunk begins.
    size_t count, next;
    scaler scaler;
    struct inflate_state *inflater;
    uint8_t *window, *rows, *above, *row;
    size_t channels, row_bytes;
    uint32_t width, height, y;
} reader;

static uint32_t big32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// The length of the chunk at a place (PNG 1.2, section 3.2), or -1 when it is not all there.
static int64_t chunk_length(const reader *state, size_t at) {
    if (at > state->count || state->count - at < 12) return -1;
    size_t length = big32(state->bytes + at);
    return length > state->count - at - 12 ? -1 : (int64_t)length;
}

// Goes to the first IDAT; whether nothing before it is for libpng to look at.
static int find_pixels(reader *state) {
    for (state->next = 8;;) {
        int64_t length = chunk_length(state, state->next);
        if (length < 0) return 0;
        const uint8_t *name = state->bytes + state->next + 4;
        if (memcmp(name, "IDAT", 4) == 0) return 1;
        if (memcmp(name, "tRNS", 4) == 0) return 0;
        state->next += (size_t)length + 12;
    }
}

// Gives the inflater the content of the next IDAT, checked before; whether there is one.
static int feed(reader *state) {
    int64_t length = chunk_length(state, state->next);
    if (length <= 0) return 0;
    const uint8_t *name = state->bytes + state->next + 4;
    if (memcmp(name, "IDAT", 4) != 0) return 0;
    if (crc32_gzip_refl(0, name, (size_t)length + 4) != big32(name + 4 + length)) return 0;
    state->inflater->next_in = (uint8_t *)name + 4;
    state->inflater->avail_in = (uint32_t)length;
    state->next += (size_t)length + 12;
    return 1;
}

typedef int16_t eight __attribute__((vector_size(16)));

// Four bytes as 16-bit numbers; only the first `channels` of them mean something.
static inline eight widen(const uint8_t *at) {
    return (eight){at[0], at[1], at[2], at[3]};
}

static inline eight choose(eight mask, eight yes, eight no) { return (mask & yes) | (~mask & no); }

// PNG 1.2, section 6. `filtered` and the rows hold at least four bytes more than they need. One pixel at a time: each needs the one before.
static inline __attribute__((always_inline)) void unfilter_pixels(int filter, const uint8_t *filtered, const uint8_t *above,
                                                                  uint8_t *row, size_t width, size_t channels) {
    eight left = {0}, corner = {0}, low = {255, 255, 255, 255, 255, 255, 255, 255};
    for (size_t x = 0; x < width; x++, filtered += channels, above += channels, row += channels) {
        eight up = widen(above), guess;
        if (filter == 1) {
            guess = left;
        } else if (filter == 3) {
            guess = (left + up) >> 1;
        } else {
            // Of left, up and corner the one nearest to left + up - corner. Told by comparing three times the corner less the two with them:
            // the same choice as by the distances, ties included, and with a shorter way from one pixel to the next.
            eight triple = corner + corner + corner - up;
            eight limit = triple - left, is_less = left < up;
            eight lower = choose(is_less, left, up), higher = choose(is_less, up, left);
            eight inner = choose(higher > limit, corner, lower);
            guess = choose(limit > lower, inner, higher);
        }
        left = (widen(filtered) + guess) & low;
        corner = up;
        for (size_t channel = 0; channel < channels; channel++) row[channel] = (uint8_t)left[channel];
    }
}

static int unfilter(int filter, const uint8_t *filtered, const uint8_t *above, uint8_t *row, size_t width, size_t channels) {
    size_t count = width * channels;
    switch (filter) {
    case 0: memcpy(row, filtered, count); return 1;
    case 2:
        for (size_t i = 0; i < count; i++) row[i] = (uint8_t)(filtered[i] + above[i]);
        return 1;
    case 1:
    case 3:
    case 4:
        if (channels == 3) {
            if (filter == 1) unfilter_pixels(1, filtered, above, row, width, 3);
            if (filter == 3) unfilter_pixels(3, filtered, above, row, width, 3);
            if (filter == 4) unfilter_pixels(4, filtered, above, row, width, 3);
        } else {
            if (filter == 1) unfilter_pixels(1, filtered, above, row, width, 4);
            if (filter == 3) unfilter_pixels(3, filtered, above, row, width, 4);
            if (filter == 4) unfilter_pixels(4, filtered, above, row, width, 4);
        }
        return 1;
    default: return 0;
    }
}

// Takes the whole rows at the front of some bytes: how many bytes they are, or SIZE_MAX when there are more than there should be.
static size_t take(reader *state, const uint8_t *bytes, size_t count) {
    size_t taken = 0;
    for (; count - taken > state->row_bytes; taken += state->row_bytes + 1) {
        const uint8_t *at = bytes + taken;
        if (state->y == state->height || !unfilter(at[0], at + 1, state->above, state->row, state->width, state->channels))
            return SIZE_MAX;
        if (state->channels == 3)
            scaler_take_opaque(&state->scaler, state->row, 3);
        else
            scaler_take(&state->scaler, state->row);
        uint8_t *swap = state->above;
        state->above = state->row;
        state->row = swap;
        state->y++;
    }
    return taken;
}

// Unpacks all pixels (a zlib stream, RFC 1950) and takes their rows; whether it was sound and had as many as it should.
static int inflate_rows(reader *state) {
    struct inflate_state *inflater = state->inflater;
    isal_inflate_init(inflater);
    inflater->crc_flag = ISAL_ZLIB;
    // The beginning of a row whose end is not there yet, at the front of the window.
    size_t held = 0;
    while (inflater->block_state != ISAL_BLOCK_FINISH) {
        if (!inflater->avail_in && !feed(state)) return 0;
        inflater->next_out = state->window + held;
        inflater->avail_out = PIECE;
        uint32_t packed = inflater->avail_in;
        if (isal_inflate(inflater) != ISAL_DECOMP_OK) return 0;
        if (inflater->avail_in == packed && inflater->avail_out == PIECE) return 0;
        size_t count = held + PIECE - inflater->avail_out, taken = take(state, state->window, count);
        if (taken == SIZE_MAX) return 0;
        held = count - taken;
        memmove(state->window, state->window + taken, held);
    }
    return !held && state->y == state->height;
}

int png_decode_quickly(const uint8_t *bytes, size_t count, const decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    if (count < 33 || memcmp(bytes + 12, "IHDR", 4) != 0 || big32(bytes + 8) != 13) return IMAGE_CODEC_UNSUPPORTED;
    if (crc32_gzip_refl(0, bytes + 12, 17) != big32(bytes + 29)) return IMAGE_CODEC_UNSUPPORTED;
    const uint8_t *header = bytes + 16;
    reader state = {.bytes = bytes, .count = count, .width = big32(header), .height = big32(header + 4)};
    // Depth, colours (2 is RGB, 6 is RGBA), packing, filtering, interlacing.
    if (header[8] != 8 || (header[9] != 2 && header[9] != 6) || header[10] || header[11] || header[12])
        return IMAGE_CODEC_UNSUPPORTED;
    state.channels = header[9] == 2 ? 3 : 4;
    if (!state.width || !state.height || state.width > LONGEST_ROW / 4 || !find_pixels(&state)) return IMAGE_CODEC_UNSUPPORTED;
    state.row_bytes = state.width * state.channels;
    int code = IMAGE_CODEC_UNSUPPORTED;
    state.inflater = malloc(sizeof *state.inflater);
    state.window = malloc(state.row_bytes + 1 + PIECE + SLACK);
    state.rows = calloc(2, state.row_bytes + SLACK);
    if (state.inflater && state.window && state.rows &&
        scaler_open(&state.scaler, state.width, state.height, width, height, rgba, how->drops_alpha) == IMAGE_CODEC_OK) {
        state.above = state.rows;
        state.row = state.rows + state.row_bytes + SLACK;
        if (inflate_rows(&state)) code = IMAGE_CODEC_OK;
    }
    scaler_close(&state.scaler);
    free(state.rows);
    free(state.window);
    free(state.inflater);
    return code;
}
