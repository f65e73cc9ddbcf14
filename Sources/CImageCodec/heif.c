// HEIC and AVIF through libheif, which is loaded when the first such picture is decoded: linking it, and the four video codecs
// it needs, would cost every start of the program 8 ms. Without it these formats are unsupported.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#if __has_include(<libheif/heif.h>)
#include <dlfcn.h>
#include <libheif/heif.h>

// The calls we need, each under its own name.
#define CALLS(CALL)                                \
    CALL(heif_init)                                \
    CALL(heif_context_alloc)                       \
    CALL(heif_context_free)                        \
    CALL(heif_context_read_from_memory_without_copy) \
    CALL(heif_context_get_primary_image_handle)    \
    CALL(heif_image_handle_release)                \
    CALL(heif_image_handle_get_width)              \
    CALL(heif_image_handle_get_height)             \
    CALL(heif_image_handle_is_premultiplied_alpha) \
    CALL(heif_image_handle_get_color_profile_type) \
    CALL(heif_image_handle_get_raw_color_profile_size) \
    CALL(heif_image_handle_get_raw_color_profile)  \
    CALL(heif_image_handle_get_nclx_color_profile) \
    CALL(heif_nclx_color_profile_free)             \
    CALL(heif_decoding_options_alloc)              \
    CALL(heif_decoding_options_free)               \
    CALL(heif_decode_image)                        \
    CALL(heif_image_get_width)                     \
    CALL(heif_image_get_height)                    \
    CALL(heif_image_get_plane_readonly)            \
    CALL(heif_image_release)

typedef struct {
#define CALL(name) __typeof__(name) *name;
    CALLS(CALL)
#undef CALL
} calls;

// Loading again costs a look-up: the system counts. The library is never unloaded, since its codecs keep threads.
static int load(calls *heif) {
    static const char *const names[] = {"libheif.so.1", "libheif.1.dylib", "/opt/homebrew/lib/libheif.1.dylib",
                                        "/usr/local/lib/libheif.1.dylib"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define CALL(name)                                  \
    heif->name = (__typeof__(name) *)dlsym(library, #name); \
    if (!heif->name) return 0;
    CALLS(CALL)
#undef CALL
    // Finds decoders that are plugins; counted, and never given back for the reason above.
    heif->heif_init(NULL);
    return 1;
}

typedef struct {
    calls heif;
    struct heif_context *context;
    struct heif_image_handle *handle;
    // The file that was made of a film's first frame.
    image_codec_buffer still;
} reader;

static int code_of(struct heif_error error) {
    switch (error.code) {
    case heif_error_Ok: return IMAGE_CODEC_OK;
    case heif_error_Unsupported_filetype:
    case heif_error_Unsupported_feature: return IMAGE_CODEC_UNSUPPORTED;
    case heif_error_Memory_allocation_error: return IMAGE_CODEC_NO_MEMORY;
    default: return IMAGE_CODEC_DAMAGED;
    }
}

static void reader_close(reader *state) {
    if (state->handle) state->heif.heif_image_handle_release(state->handle);
    if (state->context) state->heif.heif_context_free(state->context);
    state->handle = NULL;
    state->context = NULL;
    free(state->still.bytes);
    state->still = (image_codec_buffer){0};
}

// Whether an item of the file is made of others by turning or laying over ('iden', 'iovl'), which libheif does not check.
static int has_unchecked_items(const uint8_t *bytes, size_t count) {
    // The type stands behind the version, an id of two or four bytes (version 3), and two bytes of protection.
    for (size_t at = 0; at + 20 <= count; at++) {
        const uint8_t *entry = memchr(bytes + at, 'i', count - 19 - at);
        if (!entry) return 0;
        at = (size_t)(entry - bytes);
        if (memcmp(entry, "infe", 4) != 0) continue;
        const uint8_t *type = entry + (entry[4] >= 3 ? 14 : 12);
        if (memcmp(type, "iden", 4) == 0 || memcmp(type, "iovl", 4) == 0) return 1;
    }
    return 0;
}

static int read_primary(reader *state, const uint8_t *bytes, size_t count) {
    state->context = state->heif.heif_context_alloc();
    if (!state->context) return IMAGE_CODEC_NO_MEMORY;
    int code = code_of(state->heif.heif_context_read_from_memory_without_copy(state->context, bytes, count, NULL));
    if (code != IMAGE_CODEC_OK) return code;
    return code_of(state->heif.heif_context_get_primary_image_handle(state->context, &state->handle));
}

static int reader_open(reader *state, const uint8_t *bytes, size_t count) {
    *state = (reader){0};
    if (has_unchecked_items(bytes, count) && !heif_items_are_pictures(bytes, count)) return IMAGE_CODEC_UNSUPPORTED;
    if (!load(&state->heif)) return IMAGE_CODEC_UNSUPPORTED;
    int code = read_primary(state, bytes, count);
    if (code == IMAGE_CODEC_OK || code == IMAGE_CODEC_NO_MEMORY) return code;
    reader_close(state);
    if (heif_still_of_film(bytes, count, &state->still) != IMAGE_CODEC_OK) return code;
    return read_primary(state, state->still.bytes, state->still.count);
}

int heif_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    reader state;
    int code = reader_open(&state, bytes, count);
    if (code == IMAGE_CODEC_OK) {
        int across = state.heif.heif_image_handle_get_width(state.handle);
        int down = state.heif.heif_image_handle_get_height(state.handle);
        *width = across > 0 ? (uint32_t)across : 0;
        *height = down > 0 ? (uint32_t)down : 0;
    }
    reader_close(&state);
    return code;
}

int heif_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    reader state;
    int code = reader_open(&state, bytes, count);
    if (code == IMAGE_CODEC_OK) {
        enum heif_color_profile_type type = state.heif.heif_image_handle_get_color_profile_type(state.handle);
        size_t length = type == heif_color_profile_type_rICC || type == heif_color_profile_type_prof
                            ? state.heif.heif_image_handle_get_raw_color_profile_size(state.handle)
                            : 0;
        uint8_t *profile = length ? malloc(length) : NULL;
        if (length && !profile) code = IMAGE_CODEC_NO_MEMORY;
        if (profile && state.heif.heif_image_handle_get_raw_color_profile(state.handle, profile).code == heif_error_Ok)
            code = buffer_copy(profile, length, output);
        free(profile);
    }
    reader_close(&state);
    return code;
}

int heif_colours(const uint8_t *bytes, size_t count, colour_description *described) {
    reader state;
    int is_known = 0;
    struct heif_color_profile_nclx *told = NULL;
    if (reader_open(&state, bytes, count) == IMAGE_CODEC_OK &&
        state.heif.heif_image_handle_get_nclx_color_profile(state.handle, &told).code == heif_error_Ok && told)
        is_known = colour_describe(described, told->color_primaries, told->transfer_characteristics);
    if (told) state.heif.heif_nclx_color_profile_free(told);
    reader_close(&state);
    return is_known;
}

static void straighten(uint8_t *rgba, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, rgba += 4)
        for (int channel = 0; channel < 3; channel++) {
            int value = rgba[3] ? (rgba[channel] * 255 + rgba[3] / 2) / rgba[3] : 0;
            rgba[channel] = (uint8_t)(value > 255 ? 255 : value);
        }
}

static int decode(reader *state, int drops_alpha, uint32_t width, uint32_t height, uint8_t *rgba) {
    calls *heif = &state->heif;
    struct heif_decoding_options *options = heif->heif_decoding_options_alloc();
    if (!options) return IMAGE_CODEC_NO_MEMORY;
    options->convert_hdr_to_8bit = 1;
    struct heif_image *image = NULL;
    int code = code_of(
        heif->heif_decode_image(state->handle, &image, heif_colorspace_RGB, heif_chroma_interleaved_RGBA, options));
    heif->heif_decoding_options_free(options);
    if (code != IMAGE_CODEC_OK) return code;
    int stride = 0;
    const uint8_t *plane = heif->heif_image_get_plane_readonly(image, heif_channel_interleaved, &stride);
    int across = heif->heif_image_get_width(image, heif_channel_interleaved);
    int down = heif->heif_image_get_height(image, heif_channel_interleaved);
    // The header may say more than the codec found.
    int fits = plane && across > 0 && down > 0 && (uint32_t)across >= width && (uint32_t)down >= height;
    scaler scaling;
    uint8_t *row = fits ? malloc((size_t)across * 4) : NULL;
    code = !fits ? IMAGE_CODEC_DAMAGED : row ? IMAGE_CODEC_OK : IMAGE_CODEC_NO_MEMORY;
    if (code == IMAGE_CODEC_OK)
        code = scaler_open(&scaling, (uint32_t)across, (uint32_t)down, width, height, rgba, drops_alpha);
    if (code == IMAGE_CODEC_OK) {
        int premultiplied = heif->heif_image_handle_is_premultiplied_alpha(state->handle);
        for (int y = 0; y < down; y++) {
            memcpy(row, plane + (size_t)y * (size_t)stride, (size_t)across * 4);
            if (premultiplied) straighten(row, (uint32_t)across);
            scaler_take(&scaling, row);
        }
        scaler_close(&scaling);
    }
    free(row);
    heif->heif_image_release(image);
    return code;
}

int heif_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba) {
    reader state;
    int code = reader_open(&state, bytes, count);
    if (code == IMAGE_CODEC_OK) code = decode(&state, how->drops_alpha, width, height, rgba);
    reader_close(&state);
    return code;
}

#else

int heif_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    (void)bytes, (void)count, (void)width, (void)height;
    return IMAGE_CODEC_UNSUPPORTED;
}

int heif_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    (void)bytes, (void)count, (void)output;
    return IMAGE_CODEC_UNSUPPORTED;
}

int heif_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba) {
    (void)bytes, (void)count, (void)how, (void)width, (void)height, (void)rgba;
    return IMAGE_CODEC_UNSUPPORTED;
}

int heif_colours(const uint8_t *bytes, size_t count, colour_description *described) {
    (void)bytes, (void)count, (void)described;
    return 0;
}

#endif
