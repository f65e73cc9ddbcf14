// Unpacks zlib streams (RFC 1950, RFC 1951) piece by piece, in a window of fixed size. libdeflate is as quick, but wants a place for all of
// the unpacked bytes, which are 16 MB for a picture of 2048 by 2048; zlib works in pieces, and takes twice as long. What is unusual or
// damaged is refused: whoever asks has another way for it. One state machine, and longer than other files for that.
#include <libdeflate.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum {
    // How far back a stream may reach, and the longest that it may repeat.
    REACH = 32768,
    LONGEST = 258,
    // How much is unpacked before it is handed on, and how much packed is held.
    PIECE = 128 << 10,
    PACKED = 64 << 10,
    // No round of the loop reads or writes more than this beyond its limits.
    SLACK = 512,
    LITERALS = 288,
    DISTANCES = 32,
    // How many bits are looked up at once; longer codes have a second table.
    LITERAL_BITS = 11,
    DISTANCE_BITS = 8,
    LONGEST_CODE = 15,
};

// What a table says of the next bits. The low 8 bits are how many to take.
//
// Literals: one or two (bits 24 and 25 are how many) in bits 8 to 23. Lengths and distances: the base in bits 13 to 27, and in bits 8 to 12
// how many bits are the code, which are followed by those to add. A second table: its place in bits 12 to 27, and in bits 8 to 11 how many
// bits to look up in it.
enum { LITERAL = 1u << 31, SPECIAL = 1u << 30, SECOND = 1u << 29, END = 1u << 28 };

typedef struct {
    const inflation *ends;
    uint8_t packed[PACKED + SLACK];
    const uint8_t *in, *in_end;
    int is_last;
    uint64_t bits;
    unsigned bit_count;
    uint8_t *window, *out, *limit, *summed, *taken;
    size_t held;
    uint32_t sum;
    uint32_t single[1 << LITERAL_BITS];
    // With room for the second tables: at most so many when every code is used (as zlib's enough.c counts them: 2342 and 402).
    uint32_t literals[(1 << LITERAL_BITS) + 1024], distances[(1 << DISTANCE_BITS) + 512];
} stream;

static inline uint64_t load64(const uint8_t *at) {
    uint64_t value;
    memcpy(&value, at, 8);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    value = __builtin_bswap64(value);
#endif
    return value;
}

// Moves what is left to the front and fills up. Zeros follow the last bytes.
static void fetch(stream *state) {
    size_t left = (size_t)(state->in_end - state->in);
    memmove(state->packed, state->in, left);
    state->in = state->packed;
    while (left < PACKED && !state->is_last) {
        size_t got = state->ends->more(state->ends->owner, state->packed + left, PACKED - left);
        left += got;
        if (!got) state->is_last = 1;
    }
    if (state->is_last) memset(state->packed + left, 0, SLACK);
    state->in_end = state->packed + left;
}

// Whether there are bytes for another round: those at hand suffice, more were fetched, or the last ones are not yet used up.
static inline int has_packed(stream *state) {
    if (state->in + 32 <= state->in_end) return 1;
    if (!state->is_last) fetch(state);
    return state->in <= state->in_end + (state->bit_count >> 3);
}

// At least 56 bits.
static inline void refill(stream *state) {
    state->bits |= load64(state->in) << state->bit_count;
    state->in += (63 - state->bit_count) >> 3;
    state->bit_count |= 56;
}

static inline uint32_t take_bits(stream *state, unsigned count) {
    uint32_t value = (uint32_t)(state->bits & ((1ull << count) - 1));
    state->bits >>= count;
    state->bit_count -= count;
    return value;
}

// Hands on what was unpacked, and keeps what the stream may reach back to.
static int flush(stream *state) {
    state->sum = libdeflate_adler32(state->sum, state->summed, (size_t)(state->out - state->summed));
    size_t taken = state->ends->take(state->ends->owner, state->taken, (size_t)(state->out - state->taken));
    if (taken > (size_t)(state->out - state->taken)) return 0;
    state->taken += taken;
    if ((size_t)(state->out - state->taken) > state->held) return 0;
    uint8_t *kept = state->out - state->window > REACH ? state->out - REACH : state->window;
    if (kept > state->taken) kept = state->taken;
    memmove(state->window, kept, (size_t)(state->out - kept));
    state->out -= kept - state->window;
    state->taken -= kept - state->window;
    state->summed = state->out;
    return 1;
}

static unsigned reversed(unsigned code, unsigned length) {
    code = (code & 0x5555) << 1 | (code >> 1 & 0x5555);
    code = (code & 0x3333) << 2 | (code >> 2 & 0x3333);
    code = (code & 0x0F0F) << 4 | (code >> 4 & 0x0F0F);
    code = (code & 0x00FF) << 8 | (code >> 8 & 0x00FF);
    return code >> (16 - length);
}

// An entry for a code of a length.
static inline uint32_t entry_of(uint32_t meaning, unsigned length) {
    return meaning + length + (meaning & LITERAL ? 0 : length << 8);
}

// Makes a table out of the lengths of the codes (RFC 1951, 3.2.2). A meaning is an entry without the bits of its code. A set of codes that
// does not use up all bits is refused, unless `may_lack` and there is one code of one bit, or none.
static int build(uint32_t *table, unsigned room, unsigned table_bits, const uint8_t *lengths, unsigned count,
                 const uint32_t *meanings, int may_lack) {
    unsigned counts[LONGEST_CODE + 1] = {0}, starts[LONGEST_CODE + 2] = {0};
    uint16_t sorted[LITERALS];
    for (unsigned i = 0; i < count; i++) counts[lengths[i]]++;
    unsigned used = 0, symbols = 0;
    for (unsigned length = 1; length <= LONGEST_CODE; length++) {
        used += counts[length] << (LONGEST_CODE - length);
        starts[length + 1] = starts[length] + counts[length];
        symbols += counts[length];
    }
    if (used > 1u << LONGEST_CODE) return 0;
    if (used < 1u << LONGEST_CODE && !(may_lack && symbols == counts[1] && symbols <= 1)) return 0;
    for (unsigned i = 0; i < count; i++)
        if (lengths[i]) sorted[starts[lengths[i]]++] = (uint16_t)i;

    unsigned code = 0, next = 0, length = 1, size = 1u << table_bits;
    table[0] = table[1] = SPECIAL;
    // Those of one length after those that are shorter, in a table that doubles each time.
    for (; length <= table_bits; length++, code <<= 1) {
        if (length > 1) memcpy(table + (1u << (length - 1)), table, sizeof(uint32_t) << (length - 1));
        for (unsigned i = 0; i < counts[length]; i++)
            table[reversed(code++, length)] = entry_of(meanings[sorted[next++]], length);
    }
    unsigned place = size, second_bits = 0, prefix = size;
    for (; length <= LONGEST_CODE; length++, code <<= 1) {
        for (unsigned i = 0; i < counts[length]; i++) {
            unsigned turned = reversed(code++, length), step = length - table_bits;
            if ((turned & (size - 1)) != prefix) {
                place += second_bits ? 1u << second_bits : 0;
                prefix = turned & (size - 1);
                second_bits = step;
                // As large as the codes that begin so need it.
                unsigned filled = counts[length] - i;
                while (table_bits + second_bits < LONGEST_CODE && filled < 1u << second_bits) {
                    second_bits++;
                    filled = filled * 2 + counts[table_bits + second_bits];
                }
                if (place + (1u << second_bits) > room) return 0;
                table[prefix] = SPECIAL | SECOND | place << 12 | second_bits << 8 | table_bits;
            }
            uint32_t entry = entry_of(meanings[sorted[next++]], step);
            for (unsigned at = turned >> table_bits; at < 1u << second_bits; at += 1u << step) table[place + at] = entry;
        }
    }
    return 1;
}

// Two literals that fit into one look-up become one entry.
static void pair_literals(stream *state) {
    memcpy(state->single, state->literals, sizeof state->single);
    for (unsigned i = 0; i < 1u << LITERAL_BITS; i++) {
        uint32_t first = state->single[i], second = state->single[i >> (first & 31)];
        unsigned bits = (first & 31) + (second & 31);
        if (first & second & LITERAL && bits <= LITERAL_BITS)
            state->literals[i] = LITERAL | 2u << 24 | (second & 0xFF00) << 8 | (first & 0xFF00) | bits;
    }
}

// RFC 1951, 3.2.5: from which number of the symbols on, the base and the bits to add.
static void make_meanings(uint32_t *literals, uint32_t *distances) {
    for (unsigned i = 0; i < 256; i++) literals[i] = LITERAL | 1u << 24 | i << 8;
    literals[256] = SPECIAL | END;
    unsigned base = 3;
    for (unsigned i = 257; i < 285; i++) {
        unsigned more = i < 265 ? 0 : (i - 261) / 4;
        literals[i] = base << 13 | more;
        base += 1u << more;
    }
    literals[285] = LONGEST << 13;
    // No stream may have these.
    literals[286] = literals[287] = SPECIAL;
    base = 1;
    for (unsigned i = 0; i < 30; i++) {
        unsigned more = i < 4 ? 0 : (i - 2) / 2;
        distances[i] = base << 13 | more;
        base += 1u << more;
    }
    distances[30] = distances[31] = SPECIAL;
}

// Reads the codes of a block (RFC 1951, 3.2.6 and 3.2.7).
static int read_codes(stream *state, int is_fixed) {
    uint8_t lengths[LITERALS + DISTANCES] = {0};
    unsigned literals = LITERALS, distances = DISTANCES;
    if (is_fixed) {
        for (unsigned i = 0; i < LITERALS; i++) lengths[i] = i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8;
        memset(lengths + LITERALS, 5, DISTANCES);
    } else {
        static const uint8_t order[19] = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};
        uint32_t table[1 << 7], meanings[19];
        uint8_t own[19] = {0};
        if (!has_packed(state)) return 0;
        refill(state);
        literals = take_bits(state, 5) + 257;
        distances = take_bits(state, 5) + 1;
        unsigned count = take_bits(state, 4) + 4;
        if (literals > 286 || distances > 30) return 0;
        for (unsigned i = 0; i < count; i++) {
            refill(state);
            own[order[i]] = (uint8_t)take_bits(state, 3);
        }
        for (unsigned i = 0; i < 19; i++) meanings[i] = i << 13;
        if (!build(table, 1 << 7, 7, own, 19, meanings, 0)) return 0;
        for (unsigned at = 0; at < literals + distances;) {
            if (!has_packed(state)) return 0;
            refill(state);
            uint32_t entry = table[state->bits & 127];
            take_bits(state, entry & 0xFF);
            unsigned symbol = entry >> 13, times = 1;
            uint8_t length = 0;
            if (symbol < 16) length = (uint8_t)symbol;
            if (symbol == 16) {
                if (!at) return 0;
                length = lengths[at - 1];
                times = 3 + take_bits(state, 2);
            }
            if (symbol == 17) times = 3 + take_bits(state, 3);
            if (symbol == 18) times = 11 + take_bits(state, 7);
            if (times > literals + distances - at) return 0;
            memset(lengths + at, length, times);
            at += times;
        }
        if (!lengths[256]) return 0;
    }
    uint32_t meant_literals[LITERALS], meant_distances[DISTANCES];
    make_meanings(meant_literals, meant_distances);
    if (!build(state->literals, sizeof state->literals / 4, LITERAL_BITS, lengths, literals, meant_literals, 0) ||
        !build(state->distances, sizeof state->distances / 4, DISTANCE_BITS, lengths + literals, distances, meant_distances, 1))
        return 0;
    pair_literals(state);
    return 1;
}

// Repeats what stands `distance` before; may write seven bytes more. They overlap when the distance is the shorter one.
static inline void repeat(uint8_t *out, size_t distance, size_t length) {
    const uint8_t *from = out - distance;
    if (distance >= 8) {
        for (size_t i = 0; i < length; i += 8) memcpy(out + i, from + i, 8);
    } else if (distance == 1) {
        memset(out, *from, length);
    } else {
        for (size_t i = 0; i < length; i++) out[i] = from[i];
    }
}

// A block with codes, to its end. The state stands in variables of its own meanwhile: a byte written could otherwise change it, for all that
// the compiler knows.
static int inflate_block(stream *state) {
    const uint32_t *literals = state->literals, *distances = state->distances;
    const uint8_t *in = state->in, *in_end = state->in_end;
    uint8_t *out = state->out, *const limit = state->limit;
    uint64_t bits = state->bits;
    unsigned count = state->bit_count;
#define REFILL() (bits |= load64(in) << count, in += (63 - count) >> 3, count |= 56)
#define TAKE(taken) (bits >>= (taken) & 63, count -= (taken))
#define SAVE() (state->in = in, state->out = out, state->bits = bits, state->bit_count = count)
#define LOOK(table, width) ((table)[bits & ((1u << (width)) - 1)])
// Writes both bytes of an entry, one of which may not count.
#define PUT(entry) (out[0] = (uint8_t)((entry) >> 8), out[1] = (uint8_t)((entry) >> 16), out += (entry) >> 24 & 3, TAKE((entry) & 31))
    for (;;) {
        if (in + 32 > in_end || out >= limit) {
            SAVE();
            if (!has_packed(state) || (out >= limit && !flush(state))) return 0;
            in = state->in;
            in_end = state->in_end;
            out = state->out;
        }
        REFILL();
        uint32_t entry = LOOK(literals, LITERAL_BITS);
        if (entry & LITERAL) {
            PUT(entry);
            entry = LOOK(literals, LITERAL_BITS);
            if (entry & LITERAL) {
                PUT(entry);
                entry = LOOK(literals, LITERAL_BITS);
                if (entry & LITERAL) {
                    PUT(entry);
                    entry = LOOK(literals, LITERAL_BITS);
                    if (entry & LITERAL) {
                        PUT(entry);
                        continue;
                    }
                    // Too few bits may be left for a code, those to add, and so on.
                    REFILL();
                }
            }
        }
        if (entry & SPECIAL) {
            if (entry & SECOND) {
                TAKE(entry & 31);
                entry = literals[(entry >> 12 & 0xFFFF) + (bits & ((1u << (entry >> 8 & 15)) - 1))];
                if (entry & LITERAL) {
                    PUT(entry);
                    continue;
                }
            }
            if (entry & SPECIAL) {
                if (!(entry & END)) return 0;
                TAKE(entry & 31);
                SAVE();
                return 1;
            }
        }
        size_t length = (entry >> 13) + ((bits & ((1u << (entry & 31)) - 1)) >> (entry >> 8 & 31));
        TAKE(entry & 31);
        REFILL();
        entry = LOOK(distances, DISTANCE_BITS);
        if (entry & SECOND) {
            TAKE(entry & 31);
            entry = distances[(entry >> 12 & 0xFFFF) + (bits & ((1u << (entry >> 8 & 15)) - 1))];
        }
        if (entry & SPECIAL) return 0;
        size_t distance = (entry >> 13) + ((bits & ((1u << (entry & 31)) - 1)) >> (entry >> 8 & 31));
        TAKE(entry & 31);
        if (distance > (size_t)(out - state->window)) return 0;
        repeat(out, distance, length);
        out += length;
    }
#undef REFILL
#undef TAKE
#undef SAVE
#undef LOOK
#undef PUT
}

// Goes back to the first whole byte that was not used.
static int align(stream *state) {
    state->in -= state->bit_count >> 3;
    state->bits = 0;
    state->bit_count = 0;
    return state->in <= state->in_end && has_packed(state);
}

// A block that is stored as it is (RFC 1951, 3.2.4).
static int copy_block(stream *state) {
    if (!align(state) || state->in_end - state->in < 4) return 0;
    size_t length = state->in[0] | (size_t)state->in[1] << 8;
    if ((length ^ 0xFFFF) != (state->in[2] | (size_t)state->in[3] << 8)) return 0;
    state->in += 4;
    while (length) {
        if (state->in == state->in_end) fetch(state);
        if (state->out >= state->limit && !flush(state)) return 0;
        size_t part = (size_t)(state->in_end - state->in), room = (size_t)(state->limit - state->out);
        if (!part) return 0;
        if (part > room) part = room;
        if (part > length) part = length;
        memcpy(state->out, state->in, part);
        state->out += part;
        state->in += part;
        length -= part;
    }
    return 1;
}

static int inflate_stream(stream *state) {
    fetch(state);
    if (state->in_end - state->in < 6) return 0;
    unsigned method = state->in[0], flags = state->in[1];
    // RFC 1950, 2.2: deflate, a window of at most 32 KiB, no dictionary.
    if ((method & 15) != 8 || method >> 4 > 7 || (method << 8 | flags) % 31 || flags & 32) return 0;
    state->in += 2;
    for (int is_final = 0; !is_final;) {
        if (!has_packed(state)) return 0;
        refill(state);
        is_final = (int)take_bits(state, 1);
        unsigned kind = take_bits(state, 2);
        int is_sound = kind == 0   ? copy_block(state)
                       : kind == 3 ? 0
                                   : read_codes(state, kind == 1) && inflate_block(state);
        if (!is_sound) return 0;
    }
    if (!align(state) || state->in_end - state->in < 4 || !flush(state)) return 0;
    const uint8_t *at = state->in;
    uint32_t told = (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
    return told == state->sum && state->taken == state->out;
}

int inflate_pieces(const inflation *ends, size_t held) {
    stream *state = malloc(sizeof *state);
    size_t room = REACH + held + PIECE;
    uint8_t *window = state ? malloc(room + SLACK) : NULL;
    int is_sound = 0;
    if (window) {
        state->ends = ends;
        state->in = state->in_end = state->packed;
        state->is_last = 0;
        state->bits = 0;
        state->bit_count = 0;
        state->window = state->out = state->summed = state->taken = window;
        state->limit = window + room;
        state->held = held;
        state->sum = 1;
        is_sound = inflate_stream(state);
    }
    free(window);
    free(state);
    return is_sound;
}
