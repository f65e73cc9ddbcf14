// BMP, by ourselves: a header, a table of colours, and rows. What a header may say is told where facts are read, in
// ImageInspection/BMPInspection.swift; this file decodes the same kinds and calls the rest unsupported.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { FILE_HEADER = 14, PLAIN = 0, RUNS_8 = 1, RUNS_4 = 2, MASKS = 3, MASKS_WITH_ALPHA = 6, OS2_FIRST = 12, OS2_SECOND = 64 };

typedef struct {
    const uint8_t *bytes;
    size_t count;
    uint32_t width, height, bits, coding, colours;
    int top_down;
    // Where the colours and the rows are, and how long one colour is.
    size_t table, pixels, colour_length;
    uint32_t masks[4];
} picture;

static uint32_t little16(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8; }
static uint32_t little32(const uint8_t *at) { return little16(at) | little16(at + 2) << 16; }

static int read_masks(picture *state, uint32_t length) {
    static const uint32_t usual16[4] = {0x7C00, 0x03E0, 0x001F, 0}, usual32[4] = {0xFF0000, 0xFF00, 0xFF, 0};
    memcpy(state->masks, state->bits == 16 ? usual16 : usual32, sizeof usual16);
    if (state->coding == PLAIN) return IMAGE_CODEC_OK;
    int has_alpha = length >= 56 || state->coding == MASKS_WITH_ALPHA;
    // The masks follow the forty bytes of the old header, or stand in a newer one at the same place.
    size_t start = FILE_HEADER + 40, needed = has_alpha ? 16 : 12;
    if (state->count < start + needed) return IMAGE_CODEC_DAMAGED;
    for (int channel = 0; channel < (has_alpha ? 4 : 3); channel++)
        state->masks[channel] = little32(state->bytes + start + 4 * (size_t)channel);
    if (length == 40) state->table += needed;
    return IMAGE_CODEC_OK;
}

static int open_picture(picture *state, const uint8_t *bytes, size_t count) {
    *state = (picture){.bytes = bytes, .count = count};
    if (count < FILE_HEADER + OS2_FIRST) return IMAGE_CODEC_DAMAGED;
    uint32_t length = little32(bytes + FILE_HEADER);
    if (length < OS2_FIRST || length > count - FILE_HEADER) return IMAGE_CODEC_DAMAGED;
    const uint8_t *header = bytes + FILE_HEADER;
    state->table = FILE_HEADER + length;
    state->colour_length = length == OS2_FIRST ? 3 : 4;
    if (length == OS2_FIRST) {
        state->width = little16(header + 4);
        state->height = little16(header + 6);
        state->bits = little16(header + 10);
    } else {
        if (length < 16) return IMAGE_CODEC_DAMAGED;
        int32_t width = (int32_t)little32(header + 4), height = (int32_t)little32(header + 8);
        if (width < 1 || height == 0 || height == INT32_MIN) return IMAGE_CODEC_DAMAGED;
        state->width = (uint32_t)width;
        state->top_down = height < 0;
        state->height = (uint32_t)(height < 0 ? -height : height);
        state->bits = little16(header + 14);
        if (length >= 20) state->coding = little32(header + 16);
        if (length >= 36) state->colours = little32(header + 32);
    }
    switch (state->coding) {
    case PLAIN: break;
    case RUNS_8: if (state->bits != 8) return IMAGE_CODEC_DAMAGED; break;
    case RUNS_4: if (state->bits != 4) return IMAGE_CODEC_DAMAGED; break;
    case MASKS:
    case MASKS_WITH_ALPHA:
        if (length == OS2_SECOND || (state->bits != 16 && state->bits != 32)) return IMAGE_CODEC_UNSUPPORTED;
        break;
    default: return IMAGE_CODEC_UNSUPPORTED;
    }
    switch (state->bits) {
    case 1: case 2: case 4: case 8: case 24: break;
    case 16:
    case 32: {
        int code = read_masks(state, length);
        if (code != IMAGE_CODEC_OK) return code;
        break;
    }
    default: return IMAGE_CODEC_DAMAGED;
    }
    uint32_t most = state->bits <= 8 ? 1u << state->bits : 0;
    if (state->colours == 0 || state->colours > most) state->colours = most;
    state->pixels = little32(bytes + 10);
    if (state->pixels == 0) state->pixels = state->table + (size_t)state->colours * state->colour_length;
    if (state->pixels > count) return IMAGE_CODEC_DAMAGED;
    // A table that reaches into the rows is shorter than it says.
    if (most && state->pixels < state->table) return IMAGE_CODEC_DAMAGED;
    size_t room = most ? (state->pixels - state->table) / state->colour_length : 0;
    if (state->colours > room) state->colours = (uint32_t)room;
    return IMAGE_CODEC_OK;
}

int bmp_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    picture state;
    int code = open_picture(&state, bytes, count);
    *width = state.width;
    *height = state.height;
    return code;
}

// The header of version 5 tells where a profile lies, counted from its own first byte.
int bmp_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    enum { VERSION_5 = 124 };
    *output = (image_codec_buffer){0};
    if (count < FILE_HEADER + VERSION_5 || little32(bytes + FILE_HEADER) < VERSION_5) return IMAGE_CODEC_OK;
    const uint8_t *header = bytes + FILE_HEADER;
    // 'MBED', as one number.
    if (memcmp(header + 56, "DEBM", 4) != 0) return IMAGE_CODEC_OK;
    size_t start = little32(header + 112), length = little32(header + 116), room = count - FILE_HEADER;
    return start <= room && length <= room - start ? buffer_copy(header + start, length, output) : IMAGE_CODEC_OK;
}

static void put_colour(const picture *state, uint32_t index, uint8_t *rgba) {
    rgba[0] = rgba[1] = rgba[2] = 0;
    rgba[3] = 255;
    if (index >= state->colours) return;
    const uint8_t *colour = state->bytes + state->table + index * state->colour_length;
    rgba[0] = colour[2];
    rgba[1] = colour[1];
    rgba[2] = colour[0];
}

// The bits under a mask, stretched to 0 … 255.
static uint8_t channel(uint32_t value, uint32_t mask) {
    if (!mask) return 0;
    while (!(mask & 1)) {
        mask >>= 1;
        value >>= 1;
    }
    return (uint8_t)(((uint64_t)(value & mask) * 255 + mask / 2) / mask);
}

static void read_row(const picture *state, const uint8_t *row, uint8_t *rgba) {
    for (uint32_t x = 0; x < state->width; x++, rgba += 4) {
        switch (state->bits) {
        case 24:
            rgba[0] = row[x * 3 + 2];
            rgba[1] = row[x * 3 + 1];
            rgba[2] = row[x * 3];
            rgba[3] = 255;
            break;
        case 16:
        case 32: {
            uint32_t value = state->bits == 16 ? little16(row + (size_t)x * 2) : little32(row + (size_t)x * 4);
            for (int index = 0; index < 3; index++) rgba[index] = channel(value, state->masks[index]);
            rgba[3] = state->masks[3] ? channel(value, state->masks[3]) : 255;
            break;
        }
        default: {
            uint32_t in_byte = 8 / state->bits, shift = (in_byte - 1 - x % in_byte) * state->bits;
            put_colour(state, row[x / in_byte] >> shift & ((1u << state->bits) - 1), rgba);
        }
        }
    }
}

// Rows stand in the file at places that are known, so the last can be read first.
static int read_rows(const picture *state, uint8_t *rgba, decoding *how, scaler *scaling) {
    uint64_t row_bits = (uint64_t)state->width * state->bits;
    size_t row_length = (size_t)((row_bits + 31) / 32 * 4), last = (size_t)((row_bits + 7) / 8);
    size_t rest = state->count - state->pixels;
    // The padding of the last row may be missing.
    int is_whole = rest >= last && (rest - last) / row_length >= state->height - 1;
    if (!is_whole && (!how->accepts_partial || rest < last)) return IMAGE_CODEC_DAMAGED;
    for (uint32_t y = 0; y < state->height; y++) {
        uint32_t line = state->top_down ? y : state->height - 1 - y;
        if (is_whole || (rest >= last && (rest - last) / row_length >= line))
            read_row(state, state->bytes + state->pixels + (size_t)line * row_length, rgba);
        else
            for (size_t i = 0; i < (size_t)state->width * 4; i++) rgba[i] = i % 4 == 3 ? 255 : 128;
        scaler_take(scaling, rgba);
    }
    return IMAGE_CODEC_OK;
}

// Runs of equal indices, and stretches of different ones. What no run reaches keeps the first colour.
static int read_runs(const picture *state, uint8_t *pixels) {
    for (size_t i = 0; i < (size_t)state->width * state->height; i++) put_colour(state, 0, pixels + i * 4);
    const uint8_t *at = state->bytes + state->pixels, *end = state->bytes + state->count;
    uint32_t x = 0, y = 0, half = state->bits == 4;
    while (end - at >= 2) {
        uint32_t length = at[0], value = at[1];
        at += 2;
        if (length == 0 && value == 0) {
            x = 0;
            y++;
        } else if (length == 0 && value == 1) {
            return IMAGE_CODEC_OK;
        } else if (length == 0 && value == 2) {
            if (end - at < 2) return IMAGE_CODEC_DAMAGED;
            x += at[0];
            y += at[1];
            at += 2;
        } else {
            int is_stretch = length == 0;
            uint32_t count = is_stretch ? value : length;
            size_t stored = is_stretch ? (half ? (count + 1) / 2 : count) : 0;
            if ((size_t)(end - at) < stored) return IMAGE_CODEC_DAMAGED;
            for (uint32_t i = 0; i < count; i++, x++) {
                uint32_t byte = is_stretch ? at[half ? i / 2 : i] : value;
                uint32_t index = half ? (i % 2 ? byte & 15 : byte >> 4) : byte;
                if (x >= state->width || y >= state->height) continue;
                uint32_t line = state->top_down ? y : state->height - 1 - y;
                put_colour(state, index, pixels + ((size_t)line * state->width + x) * 4);
            }
            // Stretches are padded to two bytes.
            size_t padded = stored + (stored & 1);
            at += (size_t)(end - at) < padded ? (size_t)(end - at) : padded;
        }
        if (y >= state->height) return IMAGE_CODEC_OK;
    }
    // Without the mark that ends it, but all there is was read.
    return y + 1 >= state->height ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
}

int bmp_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
               uint8_t *rgba) {
    picture state;
    int code = open_picture(&state, bytes, count);
    if (code != IMAGE_CODEC_OK) return code;
    int runs = state.coding == RUNS_8 || state.coding == RUNS_4;
    uint64_t held = runs ? (uint64_t)state.width * state.height : state.width;
    if (runs && held > how->held_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    uint8_t *pixels = malloc(held * 4);
    if (!pixels) return IMAGE_CODEC_NO_MEMORY;
    scaler scaling;
    code = scaler_open(&scaling, state.width, state.height, width, height, rgba, how->drops_alpha);
    if (code == IMAGE_CODEC_OK && !runs) code = read_rows(&state, pixels, how, &scaling);
    if (code == IMAGE_CODEC_OK && runs) {
        code = read_runs(&state, pixels);
        // What no run reaches has the first colour, as always with runs.
        if (code == IMAGE_CODEC_DAMAGED && how->accepts_partial) code = IMAGE_CODEC_OK;
        for (uint32_t y = 0; code == IMAGE_CODEC_OK && y < state.height; y++)
            scaler_take(&scaling, pixels + (size_t)y * state.width * 4);
    }
    scaler_close(&scaling);
    free(pixels);
    return code;
}
