// JPEG through libjpeg-turbo. The library's error exit jumps back into the function that made the call; nothing of it leaves
// this file.
#include <stddef.h>
#include <stdio.h>
#include <jpeglib.h>
#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef struct {
    struct jpeg_error_mgr manager;
    jmp_buf jump;
    // A file that ends too early is filled with gray, as the library does by itself.
    int is_lenient;
} failure;

static void fail(j_common_ptr codec) { longjmp(((failure *)codec->err)->jump, 1); }

// A file that ends too early is only a warning to the library, which would go on with gray. To us it is damage, unless asked otherwise.
static void hear(j_common_ptr codec, int level) {
    if (level >= 0) return;
    codec->err->num_warnings++;
    if (codec->err->msg_code == JWRN_JPEG_EOF && !((failure *)codec->err)->is_lenient) fail(codec);
}

static void stay_silent(j_common_ptr codec) { (void)codec; }

static struct jpeg_error_mgr *failure_open(failure *state) {
    struct jpeg_error_mgr *manager = jpeg_std_error(&state->manager);
    manager->error_exit = fail;
    manager->emit_message = hear;
    manager->output_message = stay_silent;
    state->is_lenient = 0;
    return manager;
}

static int code_of(const failure *state) {
    switch (state->manager.msg_code) {
        case JERR_OUT_OF_MEMORY: return IMAGE_CODEC_NO_MEMORY;
        // Sound pictures of a kind that the library, or this build of it, does not decode: 12 bits, lossless, arithmetic,
        // hierarchical, or of colours that cannot become RGB.
        case JERR_BAD_PRECISION:
        case JERR_SOF_UNSUPPORTED:
        case JERR_ARITH_NOTIMPL:
        case JERR_NOT_COMPILED:
        case JERR_CONVERSION_NOTIMPL: return IMAGE_CODEC_UNSUPPORTED;
        default: return IMAGE_CODEC_DAMAGED;
    }
}

// Hundreds of scans over the same pixels cost minutes and show nothing; real files have about ten.
enum { MAXIMUM_SCANS = 100 };

static void count_scans(j_common_ptr codec) {
    if (!codec->is_decompressor) return;
    if (((j_decompress_ptr)codec)->input_scan_number > MAXIMUM_SCANS) fail(codec);
}

int jpeg_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    struct jpeg_decompress_struct jpeg = {0};
    failure state;
    jpeg.err = failure_open(&state);
    if (setjmp(state.jump)) {
        jpeg_destroy_decompress(&jpeg);
        return code_of(&state);
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, count);
    jpeg_read_header(&jpeg, TRUE);
    *width = jpeg.image_width;
    *height = jpeg.image_height;
    jpeg_destroy_decompress(&jpeg);
    return IMAGE_CODEC_OK;
}

// What a segment of a profile begins with (ICC.1, annex B.4): a name, its number from 1, how many there are.
enum { PROFILE_HEAD = 14 };

static int is_profile_piece(const struct jpeg_marker_struct *marker) {
    return marker->marker == JPEG_APP0 + 2 && marker->data_length > PROFILE_HEAD &&
           memcmp(marker->data, "ICC_PROFILE", 12) == 0;
}

// Puts a profile's pieces together by their numbers. A piece that comes twice counts once, the first: some programs write all of them
// again. No profile when one is missing.
static int assemble_profile(const struct jpeg_marker_struct *markers, image_codec_buffer *output) {
    const struct jpeg_marker_struct *pieces[256] = {NULL};
    int count = 0;
    size_t length = 0;
    for (const struct jpeg_marker_struct *marker = markers; marker; marker = marker->next) {
        if (!is_profile_piece(marker)) continue;
        int number = marker->data[12];
        if (!count) count = marker->data[13];
        if (number < 1 || number > count || pieces[number]) continue;
        pieces[number] = marker;
        length += marker->data_length - PROFILE_HEAD;
    }
    for (int number = 1; number <= count; number++)
        if (!pieces[number]) return IMAGE_CODEC_OK;
    if (!count) return IMAGE_CODEC_OK;
    uint8_t *at = malloc(length);
    if (!at) return IMAGE_CODEC_NO_MEMORY;
    *output = (image_codec_buffer){.bytes = at, .count = length};
    for (int number = 1; number <= count; number++) {
        size_t part = pieces[number]->data_length - PROFILE_HEAD;
        memcpy(at, pieces[number]->data + PROFILE_HEAD, part);
        at += part;
    }
    return IMAGE_CODEC_OK;
}

int jpeg_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    struct jpeg_decompress_struct jpeg = {0};
    failure state;
    jpeg.err = failure_open(&state);
    if (setjmp(state.jump)) {
        jpeg_destroy_decompress(&jpeg);
        return code_of(&state);
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, bytes, count);
    jpeg_save_markers(&jpeg, JPEG_APP0 + 2, 0xFFFF);
    jpeg_read_header(&jpeg, TRUE);
    int code = assemble_profile(jpeg.marker_list, output);
    jpeg_destroy_decompress(&jpeg);
    return code;
}

// What must be freed whatever happens.
typedef struct {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_progress_mgr progress;
    failure failure;
    scaler scaler;
    uint8_t *row, *converted;
} reader;

// Inks to light. Adobe's files store inks inverted, so that 255 means none; libjpeg hands them over as stored.
static void light_from_inks(const uint8_t *inks, uint8_t *rgba, uint32_t width, int inverted) {
    for (uint32_t x = 0; x < width; x++, inks += 4, rgba += 4) {
        for (int channel = 0; channel < 3; channel++) {
            int colour = inverted ? inks[channel] : 255 - inks[channel], key = inverted ? inks[3] : 255 - inks[3];
            rgba[channel] = (uint8_t)((colour * key + 127) / 255);
        }
        rgba[3] = 255;
    }
}

static int decode(reader *state, const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                  uint8_t *rgba) {
    struct jpeg_decompress_struct *jpeg = &state->jpeg;
    if (setjmp(state->failure.jump)) {
        int code = code_of(&state->failure);
        return code == IMAGE_CODEC_DAMAGED && how->accepts_partial && scaler_fill(&state->scaler) ? IMAGE_CODEC_OK : code;
    }
    state->failure.is_lenient = how->accepts_partial;
    jpeg_create_decompress(jpeg);
    state->progress.progress_monitor = count_scans;
    jpeg->progress = &state->progress;
    jpeg_mem_src(jpeg, bytes, count);
    jpeg_read_header(jpeg, TRUE);
    // Channels without a meaning, such as two of them.
    if (jpeg->jpeg_color_space == JCS_UNKNOWN) return IMAGE_CODEC_UNSUPPORTED;
    // Several scans go over the same pixels: the coefficients of all of them must be kept.
    if (jpeg_has_multiple_scans(jpeg) && (uint64_t)jpeg->image_width * jpeg->image_height > how->held_limit)
        return IMAGE_CODEC_TOO_MANY_PIXELS;
    int inks = jpeg->jpeg_color_space == JCS_CMYK || jpeg->jpeg_color_space == JCS_YCCK;
    jpeg->out_color_space = inks ? JCS_CMYK : JCS_RGB;
    jpeg->scale_num = 1;
    jpeg->scale_denom = 8;
    // The smallest of 1/8, 1/4, 1/2 and 1/1 that is still at least as large as what is wanted.
    for (;; jpeg->scale_denom /= 2) {
        jpeg_calc_output_dimensions(jpeg);
        if (jpeg->scale_denom == 1 || (jpeg->output_width >= width && jpeg->output_height >= height)) break;
    }
    jpeg_start_decompress(jpeg);
    state->row = malloc((size_t)jpeg->output_width * 4);
    state->converted = inks ? malloc((size_t)jpeg->output_width * 4) : NULL;
    if (!state->row || (inks && !state->converted)) return IMAGE_CODEC_NO_MEMORY;
    if (scaler_open(&state->scaler, jpeg->output_width, jpeg->output_height, width, height, rgba, 0) != IMAGE_CODEC_OK)
        return IMAGE_CODEC_NO_MEMORY;
    state->scaler.is_plain = how->holds_inks = inks && how->wants_inks;
    while (jpeg->output_scanline < jpeg->output_height) {
        JSAMPROW row = state->row;
        if (jpeg_read_scanlines(jpeg, &row, 1) != 1) return IMAGE_CODEC_DAMAGED;
        if (how->holds_inks)
            for (size_t i = 0; i < (size_t)jpeg->output_width * 4; i++)
                state->converted[i] = jpeg->saw_Adobe_marker ? 255 - row[i] : row[i];
        else if (inks)
            light_from_inks(row, state->converted, jpeg->output_width, jpeg->saw_Adobe_marker);
        if (inks)
            scaler_take(&state->scaler, state->converted);
        else
            scaler_take_opaque(&state->scaler, row, 3);
    }
    return IMAGE_CODEC_OK;
}

int jpeg_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba) {
    reader state = {0};
    state.jpeg.err = failure_open(&state.failure);
    int code = decode(&state, bytes, count, how, width, height, rgba);
    jpeg_destroy_decompress(&state.jpeg);
    scaler_close(&state.scaler);
    free(state.row);
    free(state.converted);
    return code;
}

typedef struct {
    struct jpeg_compress_struct jpeg;
    failure failure;
    unsigned char *bytes;
    unsigned long count;
    uint8_t *row;
} writer;

static int encode(writer *state, const image_codec_source *source, const image_codec_settings *settings, int gray) {
    struct jpeg_compress_struct *jpeg = &state->jpeg;
    if (setjmp(state->failure.jump)) return code_of(&state->failure);
    jpeg_create_compress(jpeg);
    jpeg_mem_dest(jpeg, &state->bytes, &state->count);
    jpeg->image_width = source->width;
    jpeg->image_height = source->height;
    // Rows that are known to be opaque are taken as they are.
    int direct = source->channels == 4 && settings->opaque && !gray;
    jpeg->input_components = gray ? 1 : direct ? 4 : 3;
    jpeg->in_color_space = gray ? JCS_GRAYSCALE : direct ? JCS_EXT_RGBX : JCS_RGB;
    jpeg_set_defaults(jpeg);
    jpeg_set_quality(jpeg, settings->quality, TRUE);
    for (int i = 0; settings->full_chroma && i < jpeg->num_components; i++)
        jpeg->comp_info[i].h_samp_factor = jpeg->comp_info[i].v_samp_factor = 1;
    state->row = malloc((size_t)source->width * 3);
    if (!state->row) return IMAGE_CODEC_NO_MEMORY;
    jpeg_start_compress(jpeg, TRUE);
    if (settings->profile) jpeg_write_icc_profile(jpeg, settings->profile, (unsigned int)settings->profile_count);
    for (uint32_t y = 0; y < source->height; y++) {
        const uint8_t *from = source_row(source, y);
        if (!direct && (source->channels == 4 || gray)) {
            size_t stored = (size_t)source->channels, kept = gray ? 1 : 3;
            for (size_t x = 0; x < source->width; x++)
                for (size_t channel = 0; channel < kept; channel++)
                    state->row[x * kept + channel] =
                        stored == 4 ? over(from[x * 4 + channel], from[x * 4 + 3], 255) : from[x * stored + channel];
            from = state->row;
        }
        // The library only reads the row; its type is older than const.
        JSAMPROW row = (JSAMPROW)from;
        jpeg_write_scanlines(jpeg, &row, 1);
    }
    jpeg_finish_compress(jpeg);
    return IMAGE_CODEC_OK;
}

int jpeg_encode(const image_codec_source *source, const image_codec_settings *settings, int gray,
                image_codec_buffer *output) {
    if (source->width > JPEG_MAX_DIMENSION || source->height > JPEG_MAX_DIMENSION) return IMAGE_CODEC_SIDE_TOO_LONG;
    writer state = {0};
    state.jpeg.err = failure_open(&state.failure);
    int code = encode(&state, source, settings, gray);
    jpeg_destroy_compress(&state.jpeg);
    free(state.row);
    if (code != IMAGE_CODEC_OK) {
        free(state.bytes);
        return code;
    }
    output->bytes = state.bytes;
    output->count = state.count;
    return IMAGE_CODEC_OK;
}
