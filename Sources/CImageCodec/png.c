// PNG through libpng. libpng reports errors by longjmp; every function here that calls it has its own setjmp and keeps what
// must be freed in a struct that outlives the jump.
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef struct {
    const uint8_t *bytes;
    size_t count, position;
    png_structp png;
    png_infop info;
    scaler scaler;
    scatter scatter;
    uint8_t *row;
    int no_memory, has_scattered;
} reader;

static void fail(png_structp png, png_const_charp message) {
    (void)message;
    png_longjmp(png, 1);
}

static void stay_silent(png_structp png, png_const_charp message) {
    (void)png;
    (void)message;
}

static void read_bytes(png_structp png, png_bytep target, png_size_t length) {
    reader *state = png_get_io_ptr(png);
    if (length > state->count - state->position) png_error(png, "ends too early");
    memcpy(target, state->bytes + state->position, length);
    state->position += length;
}

static void reader_close(reader *state) {
    if (state->png) png_destroy_read_struct(&state->png, &state->info, NULL);
    scaler_close(&state->scaler);
    scatter_close(&state->scatter);
    free(state->row);
}

static int reader_open(reader *state) {
    state->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, fail, stay_silent);
    if (!state->png) return IMAGE_CODEC_NO_MEMORY;
    state->info = png_create_info_struct(state->png);
    if (!state->info) return IMAGE_CODEC_NO_MEMORY;
    png_set_read_fn(state->png, state, read_bytes);
    // Text, profiles and unknown chunks are not wanted here; what they may cost is bounded.
    png_set_user_limits(state->png, 0x7FFFFFFF, 0x7FFFFFFF);
    png_set_chunk_malloc_max(state->png, 8 << 20);
    png_set_chunk_cache_max(state->png, 64);
    png_set_keep_unknown_chunks(state->png, PNG_HANDLE_CHUNK_NEVER, NULL, 0);
    return IMAGE_CODEC_OK;
}

int png_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    // The header chunk always comes first and always has the same shape; PNG 1.2, sections 3.2 and 4.1.1.
    if (count < 33 || memcmp(bytes + 12, "IHDR", 4) != 0) return IMAGE_CODEC_DAMAGED;
    const uint8_t *sides = bytes + 16;
    *width = (uint32_t)sides[0] << 24 | sides[1] << 16 | sides[2] << 8 | sides[3];
    *height = (uint32_t)sides[4] << 24 | sides[5] << 16 | sides[6] << 8 | sides[7];
    return *width > 0x7FFFFFFF || *height > 0x7FFFFFFF ? IMAGE_CODEC_DAMAGED : IMAGE_CODEC_OK;
}

// Reads the header and asks for RGBA rows, of each pass its own; returns whether there are several passes. May jump.
static int begin_rows(reader *state) {
    png_structp png = state->png;
    png_read_info(png, state->info);
    png_set_expand(png);
    png_set_scale_16(png);
    png_set_gray_to_rgb(png);
    png_set_add_alpha(png, 0xFF, PNG_FILLER_AFTER);
    png_read_update_info(png, state->info);
    return png_get_interlace_type(png, state->info) != PNG_INTERLACE_NONE;
}

// Everything between setjmp and the last libpng call. Returns a code; jumps back to itself on a libpng error.
static int decode(reader *state, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    png_structp png = state->png;
    if (setjmp(png_jmpbuf(png))) {
        if (state->no_memory) return IMAGE_CODEC_NO_MEMORY;
        if (how->accepts_partial && state->has_scattered) {
            scatter_fill(&state->scatter);
            return IMAGE_CODEC_OK;
        }
        return how->accepts_partial && scaler_fill(&state->scaler) ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
    }
    if (how->accepts_partial) {
        // What the library takes from the file at once is lost when it is not all there.
        png_set_compression_buffer_size(png, 64);
        png_set_crc_action(png, PNG_CRC_QUIET_USE, PNG_CRC_QUIET_USE);
        png_set_benign_errors(png, 1);
    }
    int interlaced = begin_rows(state);
    uint32_t stored_width = png_get_image_width(png, state->info);
    uint32_t stored_height = png_get_image_height(png, state->info);
    size_t row_bytes = (size_t)stored_width * 4;
    if (png_get_rowbytes(png, state->info) != row_bytes) return IMAGE_CODEC_UNSUPPORTED;
    state->row = malloc(row_bytes);
    if (!state->row) return IMAGE_CODEC_NO_MEMORY;
    if (interlaced) {
        // Every pass touches places all over the picture, so each pixel is added to the result where it belongs.
        if (scatter_open(&state->scatter, stored_width, stored_height, width, height, rgba, how->drops_alpha) != IMAGE_CODEC_OK)
            return IMAGE_CODEC_NO_MEMORY;
        for (int pass = 0; pass < PNG_INTERLACE_ADAM7_PASSES; pass++) {
            uint32_t across = PNG_PASS_COLS(stored_width, pass), down = PNG_PASS_ROWS(stored_height, pass);
            for (uint32_t y = 0; across && y < down; y++) {
                png_read_row(png, state->row, NULL);
                scatter_take(&state->scatter, PNG_ROW_FROM_PASS_ROW(y, pass), PNG_PASS_START_COL(pass),
                             PNG_PASS_COL_OFFSET(pass), state->row, across);
                state->has_scattered = 1;
            }
        }
        scatter_finish(&state->scatter);
        return IMAGE_CODEC_OK;
    }
    if (scaler_open(&state->scaler, stored_width, stored_height, width, height, rgba, how->drops_alpha) != IMAGE_CODEC_OK)
        return IMAGE_CODEC_NO_MEMORY;
    for (uint32_t y = 0; y < stored_height; y++) {
        png_read_row(png, state->row, NULL);
        scaler_take(&state->scaler, state->row);
    }
    return IMAGE_CODEC_OK;
}

int png_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
               uint8_t *rgba) {
    if (png_decode_quickly(bytes, count, how, width, height, rgba) == IMAGE_CODEC_OK) return IMAGE_CODEC_OK;
    reader state = {.bytes = bytes, .count = count};
    int code = reader_open(&state);
    if (code == IMAGE_CODEC_OK) code = decode(&state, how, width, height, rgba);
    reader_close(&state);
    return code;
}

static int first_alpha(reader *state, uint32_t rows, uint8_t *alpha) {
    png_structp png = state->png;
    if (setjmp(png_jmpbuf(png))) return state->no_memory ? IMAGE_CODEC_NO_MEMORY : IMAGE_CODEC_DAMAGED;
    int interlaced = begin_rows(state);
    size_t row_bytes = (size_t)png_get_image_width(png, state->info) * 4;
    if (interlaced || png_get_image_height(png, state->info) < rows) return IMAGE_CODEC_UNSUPPORTED;
    if (png_get_rowbytes(png, state->info) != row_bytes) return IMAGE_CODEC_UNSUPPORTED;
    state->row = malloc(row_bytes);
    if (!state->row) return IMAGE_CODEC_NO_MEMORY;
    for (uint32_t y = 0; y < rows; y++) {
        png_read_row(png, state->row, NULL);
        alpha[y] = state->row[3];
    }
    return IMAGE_CODEC_OK;
}

int png_first_alpha(const uint8_t *bytes, size_t count, uint32_t rows, uint8_t *alpha) {
    reader state = {.bytes = bytes, .count = count};
    int code = reader_open(&state);
    if (code == IMAGE_CODEC_OK) code = first_alpha(&state, rows, alpha);
    reader_close(&state);
    return code;
}

static uint32_t big32(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

// PNG 3rd edition, section 4.3: cICP is asked first, then iCCP, sRGB, and last gAMA and cHRM. The latter may be wrong in the fifth digit,
// so sRGB by other words is nearly always what they say. cHRM alone says nothing about the curve, and is not heeded.
int png_colours(const uint8_t *bytes, size_t count, colour_description *described) {
    const uint8_t *gamma = NULL, *points = NULL;
    int is_told = 0;
    for (size_t at = 8; count >= 12 && at <= count - 12;) {
        size_t length = big32(bytes + at), rest = count - at - 12;
        const uint8_t *name = bytes + at + 4, *content = name + 4;
        if (length > rest || memcmp(name, "IDAT", 4) == 0) break;
        if (memcmp(name, "cICP", 4) == 0 && length == 4 && colour_describe(described, content[0], content[1])) return 1;
        if (memcmp(name, "iCCP", 4) == 0 || memcmp(name, "sRGB", 4) == 0) is_told = 1;
        if (memcmp(name, "gAMA", 4) == 0 && length == 4) gamma = content;
        if (memcmp(name, "cHRM", 4) == 0 && length == 32) points = content;
        at += length + 12;
    }
    if (is_told || !gamma || !big32(gamma)) return 0;
    colour_describe(described, 1, 13);
    for (int i = 0; points && i < 8; i++) described->points[i] = big32(points + i * 4) / 100000.0;
    // 45455 stands for sRGB's own curve.
    double told = 100000.0 / big32(gamma);
    described->gamma = told > 2.1 && told < 2.3 ? 0 : told;
    return 1;
}

static int profile(reader *state, image_codec_buffer *output) {
    png_structp png = state->png;
    if (setjmp(png_jmpbuf(png))) return state->no_memory ? IMAGE_CODEC_NO_MEMORY : IMAGE_CODEC_DAMAGED;
    png_read_info(png, state->info);
    png_charp name;
    png_bytep bytes;
    png_uint_32 length;
    int method;
    if (!png_get_iCCP(png, state->info, &name, &method, &bytes, &length)) return IMAGE_CODEC_OK;
    return buffer_copy(bytes, length, output);
}

int png_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    reader state = {.bytes = bytes, .count = count};
    int code = reader_open(&state);
    if (code == IMAGE_CODEC_OK) code = profile(&state, output);
    reader_close(&state);
    return code;
}

typedef struct {
    png_structp png;
    png_infop info;
    uint8_t *bytes, *row;
    size_t count, capacity;
    int no_memory;
} writer;

static void write_bytes(png_structp png, png_bytep bytes, png_size_t length) {
    writer *state = png_get_io_ptr(png);
    if (length > state->capacity - state->count) {
        size_t capacity = state->capacity * 2 > state->count + length ? state->capacity * 2 : state->count + length;
        if (capacity < 65536) capacity = 65536;
        uint8_t *grown = realloc(state->bytes, capacity);
        if (!grown) {
            state->no_memory = 1;
            png_error(png, "no memory");
        }
        state->bytes = grown;
        state->capacity = capacity;
    }
    memcpy(state->bytes + state->count, bytes, length);
    state->count += length;
}

static void flush_nothing(png_structp png) { (void)png; }

static int encode(writer *state, const image_codec_source *source, const image_codec_settings *settings, int gray) {
    int level = settings->effort, has_alpha = source->channels == 4 && !settings->opaque;
    png_structp png = state->png;
    if (setjmp(png_jmpbuf(png))) return state->no_memory ? IMAGE_CODEC_NO_MEMORY : IMAGE_CODEC_DAMAGED;
    png_set_write_fn(png, state, write_bytes, flush_nothing);
    int kind = (gray ? 0 : PNG_COLOR_MASK_COLOR) | (has_alpha ? PNG_COLOR_MASK_ALPHA : 0);
    png_set_IHDR(png, state->info, source->width, source->height, 8, kind, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_set_compression_level(png, level);
    png_set_compression_buffer_size(png, 1 << 16);
    // At the fast levels one filter is as good as a trial of five: equal rows become zeros, and zeros are cheap.
    png_set_filter(png, PNG_FILTER_TYPE_BASE, level <= 2 ? PNG_FILTER_UP : PNG_ALL_FILTERS);
    // A profile that the library finds fault with is left out rather than the picture.
    png_set_benign_errors(png, 1);
    if (settings->profile)
        png_set_iCCP(png, state->info, settings->profile_name ? settings->profile_name : "ICC profile", PNG_COMPRESSION_TYPE_BASE, settings->profile,
                     (png_uint_32)settings->profile_count);
    png_write_info(png, state->info);
    if (gray) {
        int kept = has_alpha ? 2 : 1;
        state->row = malloc((size_t)source->width * (size_t)kept);
        if (!state->row) return IMAGE_CODEC_NO_MEMORY;
        for (uint32_t y = 0; y < source->height; y++) {
            const uint8_t *from = source_row(source, y);
            for (size_t x = 0; x < source->width; x++, from += source->channels) {
                state->row[x * (size_t)kept] = from[0];
                if (has_alpha) state->row[x * 2 + 1] = from[3];
            }
            png_write_row(png, state->row);
        }
    } else {
        if (source->channels == 4 && !has_alpha) png_set_filler(png, 0, PNG_FILLER_AFTER);
        for (uint32_t y = 0; y < source->height; y++) png_write_row(png, source_row(source, y));
    }
    png_write_end(png, NULL);
    return IMAGE_CODEC_OK;
}

int png_encode(const image_codec_source *source, const image_codec_settings *settings, int gray,
               image_codec_buffer *output) {
    // libpng's own default limit for a side.
    if (source->width > 1000000 || source->height > 1000000) return IMAGE_CODEC_SIDE_TOO_LONG;
    writer state = {0};
    int code = IMAGE_CODEC_NO_MEMORY;
    state.png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, fail, stay_silent);
    if (state.png) state.info = png_create_info_struct(state.png);
    if (state.info) code = encode(&state, source, settings, gray);
    if (state.png) png_destroy_write_struct(&state.png, &state.info);
    free(state.row);
    if (code != IMAGE_CODEC_OK) {
        free(state.bytes);
        return code;
    }
    output->bytes = state.bytes;
    output->count = state.count;
    return IMAGE_CODEC_OK;
}
