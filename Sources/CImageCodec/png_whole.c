// The usual kinds of PNG (8 bits a channel, gray, RGB or RGBA, neither interlaced nor with a transparent colour), inflated in one go by
// libdeflate and unfiltered several bytes at a time. libpng needs twice the time. Whatever is unusual, too large or damaged is left to
// libpng, which decodes it row by row and knows all rules: nothing here decides that a picture is damaged.
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// Packed and unpacked bytes together, at most: 2048 by 2048 of RGBA and what they are packed to.
enum { HELD_BYTES = 32 << 20 };

static uint32_t big32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// Goes over the chunks (PNG 1.2, section 3.2) and gives the length of all IDAT together, and copies them when `packed` is not NULL; 0 when there
// is anything that libpng should look at.
static size_t gather(const uint8_t *bytes, size_t count, uint8_t *packed) {
    size_t total = 0;
    int is_over = 0;
    for (size_t at = 8; !is_over;) {
        if (count - at < 12) return 0;
        size_t length = big32(bytes + at);
        const uint8_t *name = bytes + at + 4;
        if (length > count - at - 12) return 0;
        if (memcmp(name, "tRNS", 4) == 0) return 0;
        if (memcmp(name, "IDAT", 4) == 0) {
            // Each chunk is checked once, when it is copied.
            if (packed) {
                if (libdeflate_crc32(0, name, length + 4) != big32(name + 4 + length)) return 0;
                memcpy(packed + total, name + 4, length);
            }
            total += length;
        } else if (total) {
            // What follows the pixels does not change them.
            is_over = 1;
        }
        at += length + 12;
    }
    return total;
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

int png_decode_whole(const uint8_t *bytes, size_t count, const decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    if (count < 33 || memcmp(bytes + 12, "IHDR", 4) != 0 || big32(bytes + 8) != 13) return IMAGE_CODEC_UNSUPPORTED;
    if (libdeflate_crc32(0, bytes + 12, 17) != big32(bytes + 29)) return IMAGE_CODEC_UNSUPPORTED;
    const uint8_t *header = bytes + 16;
    uint32_t stored_width = big32(header), stored_height = big32(header + 4);
    // Depth, colours (2 is RGB, 6 is RGBA), packing, filtering, interlacing.
    if (header[8] != 8 || (header[9] != 2 && header[9] != 6) || header[10] || header[11] || header[12])
        return IMAGE_CODEC_UNSUPPORTED;
    size_t channels = header[9] == 2 ? 3 : 4;
    if (!stored_width || !stored_height || stored_width > HELD_BYTES || stored_height > HELD_BYTES)
        return IMAGE_CODEC_UNSUPPORTED;
    size_t row_bytes = stored_width * channels, packed_count = gather(bytes, count, NULL);
    uint64_t filtered_count = (uint64_t)(row_bytes + 1) * stored_height;
    if (!packed_count || filtered_count + packed_count > HELD_BYTES) return IMAGE_CODEC_UNSUPPORTED;

    int code = IMAGE_CODEC_UNSUPPORTED;
    scaler state = {0};
    struct libdeflate_decompressor *inflater = libdeflate_alloc_decompressor();
    uint8_t *packed = malloc(packed_count), *filtered = malloc(filtered_count + 4);
    uint8_t *rows = calloc(2, row_bytes + 4);
    if (inflater && packed && filtered && rows && gather(bytes, count, packed) == packed_count &&
        libdeflate_zlib_decompress(inflater, packed, packed_count, filtered, filtered_count, NULL) == LIBDEFLATE_SUCCESS &&
        scaler_open(&state, stored_width, stored_height, width, height, rgba, how->drops_alpha) == IMAGE_CODEC_OK) {
        uint8_t *above = rows, *row = rows + row_bytes + 4;
        code = IMAGE_CODEC_OK;
        for (uint32_t y = 0; y < stored_height; y++) {
            const uint8_t *at = filtered + y * (row_bytes + 1);
            if (!unfilter(at[0], at + 1, above, row, stored_width, channels)) {
                code = IMAGE_CODEC_UNSUPPORTED;
                break;
            }
            if (channels == 3)
                scaler_take_opaque(&state, row, 3);
            else
                scaler_take(&state, row);
            uint8_t *swap = above;
            above = row;
            row = swap;
        }
    }
    scaler_close(&state);
    free(rows);
    free(filtered);
    free(packed);
    if (inflater) libdeflate_free_decompressor(inflater);
    return code;
}
