// The usual kind of JPEG (baseline, Y Cb Cr in one scan) at an eighth of its size. A pixel there is the mean of a block, so of the light only
// the first coefficient counts, and the other 63 are skipped, often two in one look-up; libjpeg-turbo reads each. Whatever is unusual
// or damaged is left to the library: nothing here decides that a picture is damaged. The pixels are the library's to the last bit.
// One parser, and longer than other files for that.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// How many bits of a code are looked up at once, when it is read and when it is skipped; longer codes are searched for.
enum { READ_BITS = 9, SKIP_BITS = 12, BLOCK = 64 };

typedef struct {
    int is_there;
    uint8_t symbols[256];
    // For each length the first code that is longer, and what to add to a code to get its place; codes stand in the upper bits of 16.
    uint32_t limits[18];
    int offsets[18];
    // The length of the code in the upper byte, its symbol in the lower; 0 for longer codes.
    uint16_t read[1 << READ_BITS];
    // How many bits to skip, how many coefficients, and (bits 16 to 23) up to which coefficient that is right; 0 for longer codes.
    uint32_t skip[1 << SKIP_BITS];
} codes;

typedef struct {
    int across, down, quantizer, dc, ac, last;
    // One row of blocks, `width` pixels in each of its lines.
    uint8_t *pixels;
    size_t width;
} component;

typedef struct {
    const uint8_t *in, *end;
    // The next bits, the first on top. At a marker come bits that are not there: how many of them.
    uint64_t bits;
    int count, made_up;
    codes dc[4], ac[4];
    uint16_t quantizers[4][BLOCK];
    int has_quantizer[4];
    component components[3];
    // As stored, and as wanted.
    uint32_t width, height, wanted_width, wanted_height;
    int restart_interval, has_jfif, has_frame;
    uint8_t ids[3];
} reader;

static const uint8_t natural[BLOCK] = {
    0,  1,  8,  16, 9,  2,  3,  10, 17, 24, 32, 25, 18, 11, 4,  5,  12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6,  7,  14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63};

static int big16(const uint8_t *at) { return at[0] << 8 | at[1]; }

// The code at the top of 16 bits, as `length << 8 | symbol`; 0 when there is none.
static int search(const codes *table, uint32_t top) {
    for (int length = 1; length <= 16; length++)
        if (top < table->limits[length])
            return length << 8 | table->symbols[(table->offsets[length] + (int)(top >> (16 - length))) & 255];
    return 0;
}

// Codes of 1 to 16 bits, so many of each length, and their symbols (ITU-T T.81, annex C).
static int make_codes(codes *table, const uint8_t *counts, const uint8_t *symbols, int total, int skips) {
    memset(table, 0, sizeof *table);
    memcpy(table->symbols, symbols, (size_t)total);
    uint32_t code = 0;
    int place = 0;
    for (int length = 1; length <= 16; length++, code <<= 1) {
        table->offsets[length] = place - (int)code;
        code += counts[length - 1];
        place += counts[length - 1];
        if (code > 1u << length) return 0;
        table->limits[length] = code << (16 - length);
    }
    for (uint32_t i = 0; i < 1 << READ_BITS; i++) {
        int found = search(table, i << (16 - READ_BITS));
        table->read[i] = found >> 8 <= READ_BITS ? (uint16_t)found : 0;
    }
    for (uint32_t i = 0; skips && i < 1 << SKIP_BITS; i++) {
        uint32_t used = 0, passed = 0, most = 63;
        // One symbol after the other, as long as the code of the next is seen; the bits of its value need not be.
        while (used < SKIP_BITS) {
            int found = search(table, (i << used & ((1 << SKIP_BITS) - 1)) << (16 - SKIP_BITS));
            uint32_t length = (uint32_t)found >> 8, size = found & 15, run = found >> 4 & 15;
            if (!found || used + length > SKIP_BITS || passed + run + 1 > 62) break;
            most = 63 - passed;
            used += length + size;
            if (!size && run < 15) {
                // The end of the block.
                passed = BLOCK;
                break;
            }
            passed += run + 1;
            if (most > BLOCK - passed) most = BLOCK - passed;
        }
        table->skip[i] = used ? most << 16 | passed << 8 | used : 0;
    }
    table->is_there = 1;
    return 1;
}

// At least 56 bits.
static inline void refill(reader *state) {
    if (state->count >= 56) return;
    if (state->end - state->in >= 8) {
        uint64_t next;
        memcpy(&next, state->in, 8);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
        next = __builtin_bswap64(next);
#endif
        // No byte is 0xFF, which could be a marker: seen by the carry of adding 1 to each.
        uint64_t turned = ~next;
        if (!((turned - 0x0101010101010101u) & ~turned & 0x8080808080808080u)) {
            state->bits |= next >> state->count;
            state->in += (63 - state->count) >> 3;
            state->count |= 56;
            return;
        }
    }
    for (; state->count <= 56; state->count += 8) {
        if (state->in == state->end || (*state->in == 0xFF && (state->end - state->in < 2 || state->in[1]))) {
            state->made_up += 8;
            continue;
        }
        uint64_t byte = *state->in;
        state->in += byte == 0xFF ? 2 : 1;
        state->bits |= byte << (56 - state->count);
    }
}

static inline void pass(reader *state, int count) {
    state->bits <<= count;
    state->count -= count;
}

// The next symbol; -1 when there is none.
static inline int read_symbol(reader *state, const codes *table) {
    int found = table->read[state->bits >> (64 - READ_BITS)];
    if (!found) found = search(table, (uint32_t)(state->bits >> 48));
    if (!found) return -1;
    pass(state, found >> 8);
    return found & 255;
}

// A value of so many bits, of which half are negative (T.81, F.2.2.1).
static inline int read_value(reader *state, int size) {
    if (!size) return 0;
    int value = (int)(state->bits >> (64 - size));
    pass(state, size);
    return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
}

static int read_first(reader *state, component *part) {
    refill(state);
    int size = read_symbol(state, &state->dc[part->dc]);
    if (size < 0 || size > 11) return 0;
    part->last += read_value(state, size);
    return part->last >= -65536 && part->last <= 65535;
}

static int skip_rest(reader *state, const codes *table) {
    for (unsigned at = 1; at < BLOCK;) {
        refill(state);
        uint32_t entry = table->skip[state->bits >> (64 - SKIP_BITS)];
        if (at <= entry >> 16) {
            pass(state, (int)(entry & 255));
            at += entry >> 8 & 255;
            entry = table->skip[state->bits >> (64 - SKIP_BITS)];
            if (at <= entry >> 16) {
                pass(state, (int)(entry & 255));
                at += entry >> 8 & 255;
            }
            continue;
        }
        int symbol = read_symbol(state, table);
        if (symbol < 0) return 0;
        if (!(symbol & 15) && symbol >> 4 < 15) return 1;
        pass(state, symbol & 15);
        at += (unsigned)(symbol >> 4) + 1;
        if (at > BLOCK) return 0;
    }
    return 1;
}

static int read_rest(reader *state, const codes *table, int16_t *block) {
    for (int at = 1; at < BLOCK; at++) {
        refill(state);
        int symbol = read_symbol(state, table);
        if (symbol < 0) return 0;
        int size = symbol & 15;
        if (!size && symbol >> 4 < 15) return 1;
        at += symbol >> 4;
        if (at >= BLOCK) return 0;
        if (size) block[natural[at]] = (int16_t)read_value(state, size);
    }
    return 1;
}

static uint8_t to_byte(int64_t value) { return value < 0 ? 0 : value > 255 ? 255 : (uint8_t)value; }

// The four means of a block's quarters, as libjpeg's jpeg_idct_2x2 has them: only the first and the odd waves differ between halves. The
// factors are sqrt(2) * (-c7 + c5 - c3 + c1) and so on, of 13 bits.
enum { FACTOR_1 = 29692, FACTOR_3 = -10426, FACTOR_5 = 6967, FACTOR_7 = -5906 };

static int64_t rounded(int64_t value, int bits) { return (value + ((int64_t)1 << (bits - 1))) >> bits; }

static void draw_quarters(const int16_t *block, const uint16_t *quantizer, uint8_t *to, size_t stride) {
    int64_t upper[8] = {0}, lower[8] = {0};
    static const int columns[5] = {0, 1, 3, 5, 7};
    for (int i = 0; i < 5; i++) {
        int x = columns[i];
        int64_t odd = 0, even = (int64_t)block[x] * quantizer[x];
        odd += (int64_t)block[8 + x] * quantizer[8 + x] * FACTOR_1;
        odd += (int64_t)block[24 + x] * quantizer[24 + x] * FACTOR_3;
        odd += (int64_t)block[40 + x] * quantizer[40 + x] * FACTOR_5;
        odd += (int64_t)block[56 + x] * quantizer[56 + x] * FACTOR_7;
        upper[x] = rounded(even * (1 << 15) + odd, 13);
        lower[x] = rounded(even * (1 << 15) - odd, 13);
    }
    for (int y = 0; y < 2; y++) {
        const int64_t *row = y ? lower : upper;
        int64_t odd = row[1] * FACTOR_1 + row[3] * FACTOR_3 + row[5] * FACTOR_5 + row[7] * FACTOR_7;
        to[(size_t)y * stride] = to_byte(rounded(row[0] * (1 << 15) + odd, 20) + 128);
        to[(size_t)y * stride + 1] = to_byte(rounded(row[0] * (1 << 15) - odd, 20) + 128);
    }
}

// The tables and the frame, up to the pixels. 0 for all that is not as usual.
static int read_head(reader *state) {
    const uint8_t *at = state->in + 2, *end = state->end;
    for (;;) {
        if (end - at < 4 || at[0] != 0xFF) return 0;
        int marker = at[1], length = big16(at + 2);
        if (marker == 0xFF) {
            at++;
            continue;
        }
        if (length < 2 || end - at - 2 < length) return 0;
        const uint8_t *content = at + 4, *next = at + 2 + length;
        length -= 2;
        at = next;
        switch (marker) {
        case 0xDB:
            while (content < next) {
                int wide = *content >> 4, number = *content & 15;
                if (wide > 1 || number > 3 || next - content < 1 + BLOCK * (wide + 1)) return 0;
                content++;
                for (int i = 0; i < BLOCK; i++, content += wide + 1)
                    state->quantizers[number][natural[i]] = (uint16_t)(wide ? big16(content) : *content);
                state->has_quantizer[number] = 1;
            }
            break;
        case 0xC4:
            while (content < next) {
                if (next - content < 17) return 0;
                int kind = *content >> 4, number = *content & 15, total = 0;
                for (int i = 1; i <= 16; i++) total += content[i];
                if (kind > 1 || number > 3 || total > 256 || next - content < 17 + total) return 0;
                if (!make_codes(kind ? &state->ac[number] : &state->dc[number], content + 1, content + 17, total, kind)) return 0;
                // Such a table the library refuses.
                for (int i = 0; !kind && i < total; i++)
                    if (content[17 + i] > 15) return 0;
                content += 17 + total;
            }
            break;
        case 0xDD:
            if (length != 2) return 0;
            state->restart_interval = big16(content);
            break;
        case 0xE0:
            if (length >= 14 && memcmp(content, "JFIF", 5) == 0) state->has_jfif = 1;
            break;
        case 0xEE:
            // Adobe's note says which colours these are; 1 is Y Cb Cr.
            if (length >= 12 && memcmp(content, "Adobe", 5) == 0) {
                if (content[11] != 1) return 0;
                state->has_jfif = 1;
            }
            break;
        case 0xC0:
        case 0xC1:
            if (state->has_frame || length != 15 || content[0] != 8 || content[5] != 3) return 0;
            state->has_frame = 1;
            state->height = (uint32_t)big16(content + 1);
            state->width = (uint32_t)big16(content + 3);
            // Told before the tables, as a rule, which cost more to make than a small picture to decode.
            if ((state->width + 7) / 8 < state->wanted_width || (state->height + 7) / 8 < state->wanted_height) return 0;
            for (int i = 0; i < 3; i++) {
                const uint8_t *told = content + 6 + i * 3;
                state->ids[i] = told[0];
                state->components[i].across = told[1] >> 4;
                state->components[i].down = told[1] & 15;
                state->components[i].quantizer = told[2];
                if (told[2] > 3) return 0;
            }
            break;
        case 0xDA: {
            static const uint8_t rest[3] = {0, 63, 0};
            if (!state->has_frame || length != 10 || content[0] != 3 || memcmp(content + 7, rest, 3) != 0) return 0;
            for (int i = 0; i < 3; i++) {
                component *part = &state->components[i];
                part->dc = content[2 + i * 2] >> 4;
                part->ac = content[2 + i * 2] & 15;
                if (content[1 + i * 2] != state->ids[i] || part->dc > 3 || part->ac > 3) return 0;
                if (!state->dc[part->dc].is_there || !state->ac[part->ac].is_there || !state->has_quantizer[part->quantizer]) return 0;
            }
            state->in = at;
            return 1;
        }
        default:
            // Notes are passed over; other kinds of frames, and what should not be here, are not for us.
            if (marker != 0xFE && (marker < 0xE0 || marker > 0xEF)) return 0;
        }
    }
}

// The marker between two intervals, and a beginning from nothing.
static int restart(reader *state, int number) {
    int left = state->count - state->made_up;
    if (left < 0 || left > 7 || state->end - state->in < 2 || state->in[0] != 0xFF || state->in[1] != 0xD0 + (number & 7)) return 0;
    state->in += 2;
    state->bits = 0;
    state->count = state->made_up = 0;
    for (int i = 0; i < 3; i++) state->components[i].last = 0;
    return 1;
}

static int read_unit(reader *state, uint32_t place, int is_quartered) {
    for (int i = 0; i < 3; i++) {
        component *part = &state->components[i];
        const uint16_t *quantizer = state->quantizers[part->quantizer];
        const codes *rest = &state->ac[part->ac];
        for (int block = 0; block < part->across * part->down; block++) {
            if (!read_first(state, part)) return 0;
            if (i > 0 && is_quartered) {
                int16_t values[BLOCK] = {0};
                if (!read_rest(state, rest, values)) return 0;
                values[0] = (int16_t)part->last;
                if (values[0] != part->last) return 0;
                draw_quarters(values, quantizer, part->pixels + (size_t)place * 2, part->width);
            } else {
                if (!skip_rest(state, rest)) return 0;
                size_t x = (size_t)place * (size_t)part->across + (size_t)(block % part->across);
                part->pixels[(size_t)(block / part->across) * part->width + x] =
                    to_byte(rounded((int64_t)part->last * quantizer[0], 3) + 128);
            }
        }
    }
    // Bits that are not there were taken for some.
    return state->count >= state->made_up;
}

// ITU-T T.871, section 7, in numbers of 16 bits.
static void to_rgb(const reader *state, int line, int is_quartered, uint32_t count, uint8_t *rgb) {
    const component *light = &state->components[0], *blue = &state->components[1], *red = &state->components[2];
    int across = is_quartered ? 1 : light->across, down = is_quartered ? 1 : light->down;
    const uint8_t *y = light->pixels + (size_t)line * light->width;
    const uint8_t *b = blue->pixels + (size_t)(line / down) * blue->width, *r = red->pixels + (size_t)(line / down) * red->width;
    for (uint32_t x = 0; x < count; x++, rgb += 3) {
        int place = (int)x / across, cb = b[place] - 128, cr = r[place] - 128;
        rgb[0] = to_byte(y[x] + ((91881 * cr + 32768) >> 16));
        rgb[1] = to_byte(y[x] + ((-22554 * cb - 46802 * cr + 32768) >> 16));
        rgb[2] = to_byte(y[x] + ((116130 * cb + 32768) >> 16));
    }
}

static int decode(reader *state, scaler *scaler, uint8_t *rgb) {
    component *light = &state->components[0];
    int across = light->across, down = light->down, is_quartered = across == 2 && down == 2, place_in_interval = 0, restarts = 0;
    uint32_t units = (state->width + 8 * (uint32_t)across - 1) / (8 * (uint32_t)across);
    uint32_t columns = (state->width + 7) / 8, rows = (state->height + 7) / 8;
    for (uint32_t y = 0; y < rows; y += (uint32_t)down) {
        for (uint32_t x = 0; x < units; x++) {
            if (state->restart_interval && place_in_interval == state->restart_interval) {
                if (!restart(state, restarts++)) return 0;
                place_in_interval = 0;
            }
            place_in_interval++;
            if (!read_unit(state, x, is_quartered)) return 0;
        }
        for (int line = 0; line < down && y + (uint32_t)line < rows; line++) {
            to_rgb(state, line, is_quartered, columns, rgb);
            scaler_take_opaque(scaler, rgb, 3);
        }
    }
    // A file that ends with the pixels ends too early.
    const uint8_t *at = state->in;
    while (state->end - at >= 2 && (at[0] != 0xFF || at[1] == 0)) at++;
    return state->end - at >= 2;
}

int jpeg_decode_quickly(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgba) {
    reader *state = calloc(1, sizeof *state);
    if (!state) return IMAGE_CODEC_NO_MEMORY;
    state->in = bytes;
    state->end = bytes + count;
    state->wanted_width = width;
    state->wanted_height = height;
    int code = IMAGE_CODEC_UNSUPPORTED;
    scaler scaler = {0};
    uint8_t *planes = NULL;
    if (count > 4 && read_head(state) && state->width && state->height) {
        component *parts = state->components;
        uint32_t columns = (state->width + 7) / 8, rows = (state->height + 7) / 8;
        static const uint8_t usual[3] = {1, 2, 3};
        int is_usual = (state->has_jfif || memcmp(state->ids, usual, 3) == 0) &&
                       parts[0].across >= 1 && parts[0].across <= 2 && parts[0].down >= 1 && parts[0].down <= 2;
        for (int i = 1; i < 3; i++) is_usual = is_usual && parts[i].across == 1 && parts[i].down == 1;
        size_t line = (size_t)columns + 2;
        if (is_usual) planes = malloc(line * 2 * 3 + (size_t)columns * 3);
        if (planes && scaler_open(&scaler, columns, rows, width, height, rgba, 0) == IMAGE_CODEC_OK) {
            for (int i = 0; i < 3; i++) {
                parts[i].pixels = planes + line * 2 * (size_t)i;
                parts[i].width = line;
            }
            if (decode(state, &scaler, planes + line * 6)) code = IMAGE_CODEC_OK;
        }
    }
    scaler_close(&scaler);
    free(planes);
    free(state);
    return code;
}
