// JPEG XL through libjxl, which is loaded when the first such picture is decoded, for the reason that heif.c gives. Without it the
// format is unsupported. Versions 0.7 to 0.11 are known to fit these calls; the headers need not be of the same version.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

#if __has_include(<jxl/decode.h>)
#include <dlfcn.h>
#include <jxl/decode.h>

#define CALLS(CALL)                          \
    CALL(JxlDecoderVersion)                  \
    CALL(JxlDecoderCreate)                   \
    CALL(JxlDecoderDestroy)                  \
    CALL(JxlDecoderSubscribeEvents)          \
    CALL(JxlDecoderSetInput)                 \
    CALL(JxlDecoderProcessInput)             \
    CALL(JxlDecoderGetBasicInfo)             \
    CALL(JxlDecoderImageOutBufferSize)       \
    CALL(JxlDecoderSetImageOutBuffer)        \
    CALL(JxlDecoderFlushImage)

typedef struct {
#define CALL(name) __typeof__(name) *name;
    CALLS(CALL)
#undef CALL
    // JxlDecoderGetICCProfileSize and JxlDecoderGetColorAsICCProfile, of one of the types below.
    void *profile_size, *profile;
    JxlDecoder *decoder;
} reader;

// From 0.9 on these two have lost an argument that was never used.
typedef JxlDecoderStatus profile_size_call(const JxlDecoder *, JxlColorProfileTarget, size_t *);
typedef JxlDecoderStatus profile_call(const JxlDecoder *, JxlColorProfileTarget, uint8_t *, size_t);
typedef JxlDecoderStatus old_profile_size_call(const JxlDecoder *, const JxlPixelFormat *, JxlColorProfileTarget, size_t *);
typedef JxlDecoderStatus old_profile_call(const JxlDecoder *, const JxlPixelFormat *, JxlColorProfileTarget, uint8_t *, size_t);
enum { LOST_ARGUMENT = 9000 };

static int load(reader *state) {
    static const char *const names[] = {
        "libjxl.so.0.11", "libjxl.so.0.10", "libjxl.so.0.9", "libjxl.so.0.8", "libjxl.so.0.7", "libjxl.dylib",
        "/opt/homebrew/lib/libjxl.dylib", "/usr/local/lib/libjxl.dylib"};
    void *library = NULL;
    for (size_t i = 0; !library && i < sizeof names / sizeof *names; i++) library = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define CALL(name)                                           \
    state->name = (__typeof__(name) *)dlsym(library, #name); \
    if (!state->name) return 0;
    CALLS(CALL)
#undef CALL
    state->profile_size = dlsym(library, "JxlDecoderGetICCProfileSize");
    state->profile = dlsym(library, "JxlDecoderGetColorAsICCProfile");
    return state->profile_size && state->profile;
}

static void reader_close(reader *state) {
    if (state->decoder) state->JxlDecoderDestroy(state->decoder);
    state->decoder = NULL;
}

static int reader_open(reader *state, const uint8_t *bytes, size_t count, int events) {
    *state = (reader){0};
    if (!load(state)) return IMAGE_CODEC_UNSUPPORTED;
    state->decoder = state->JxlDecoderCreate(NULL);
    if (!state->decoder) return IMAGE_CODEC_NO_MEMORY;
    if (state->JxlDecoderSubscribeEvents(state->decoder, events) != JXL_DEC_SUCCESS ||
        state->JxlDecoderSetInput(state->decoder, bytes, count) != JXL_DEC_SUCCESS)
        return IMAGE_CODEC_DAMAGED;
    // Were it told that nothing follows, it would write to standard error when something is missing.
    return IMAGE_CODEC_OK;
}

static int read_info(reader *state, JxlBasicInfo *info) {
    if (state->JxlDecoderProcessInput(state->decoder) != JXL_DEC_BASIC_INFO ||
        state->JxlDecoderGetBasicInfo(state->decoder, info) != JXL_DEC_SUCCESS)
        return IMAGE_CODEC_DAMAGED;
    return IMAGE_CODEC_OK;
}

int jxl_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    reader state;
    JxlBasicInfo info;
    int code = reader_open(&state, bytes, count, JXL_DEC_BASIC_INFO);
    if (code == IMAGE_CODEC_OK) code = read_info(&state, &info);
    if (code == IMAGE_CODEC_OK) {
        *width = info.xsize;
        *height = info.ysize;
    }
    reader_close(&state);
    return code;
}

// The profile of the pixels that the decoder will give, which is not always the one that the file was made from.
static int read_profile(reader *state, image_codec_buffer *output) {
    int is_old = state->JxlDecoderVersion() < LOST_ARGUMENT;
    size_t length = 0;
    const JxlColorProfileTarget target = JXL_COLOR_PROFILE_TARGET_DATA;
    JxlDecoderStatus status =
        is_old ? ((old_profile_size_call *)state->profile_size)(state->decoder, NULL, target, &length)
               : ((profile_size_call *)state->profile_size)(state->decoder, target, &length);
    if (status != JXL_DEC_SUCCESS || !length) return IMAGE_CODEC_OK;
    output->bytes = malloc(length);
    if (!output->bytes) return IMAGE_CODEC_NO_MEMORY;
    output->count = length;
    status = is_old ? ((old_profile_call *)state->profile)(state->decoder, NULL, target, output->bytes, length)
                    : ((profile_call *)state->profile)(state->decoder, target, output->bytes, length);
    if (status == JXL_DEC_SUCCESS) return IMAGE_CODEC_OK;
    free(output->bytes);
    *output = (image_codec_buffer){0};
    return IMAGE_CODEC_OK;
}

int jxl_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    reader state;
    *output = (image_codec_buffer){0};
    int code = reader_open(&state, bytes, count, JXL_DEC_COLOR_ENCODING);
    if (code == IMAGE_CODEC_OK && state.JxlDecoderProcessInput(state.decoder) == JXL_DEC_COLOR_ENCODING)
        code = read_profile(&state, output);
    reader_close(&state);
    return code;
}

// The library leaves black where nothing came, which is nearly always the end.
static void gray_out(uint8_t *pixels, size_t length) {
    static const uint8_t black[4] = {0, 0, 0, 255}, gray[4] = {128, 128, 128, 255};
    for (; length >= 4 && memcmp(pixels + length - 4, black, 4) == 0; length -= 4) memcpy(pixels + length - 4, gray, 4);
}

// Decodes the first frame, which the library lays on its screen.
static int read_pixels(reader *state, uint8_t *pixels, size_t length, decoding *how) {
    static const JxlPixelFormat format = {4, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
    for (int has_buffer = 0;;) {
        size_t needed = 0;
        switch (state->JxlDecoderProcessInput(state->decoder)) {
        case JXL_DEC_NEED_IMAGE_OUT_BUFFER:
            if (state->JxlDecoderImageOutBufferSize(state->decoder, &format, &needed) != JXL_DEC_SUCCESS || needed != length ||
                state->JxlDecoderSetImageOutBuffer(state->decoder, &format, pixels, length) != JXL_DEC_SUCCESS)
                return IMAGE_CODEC_DAMAGED;
            has_buffer = 1;
            break;
        case JXL_DEC_FULL_IMAGE: return IMAGE_CODEC_OK;
        // The bytes are all there are: what they give so far is the rest of them.
        case JXL_DEC_NEED_MORE_INPUT:
        case JXL_DEC_ERROR:
            if (!has_buffer || !how->accepts_partial || state->JxlDecoderFlushImage(state->decoder) != JXL_DEC_SUCCESS)
                return IMAGE_CODEC_DAMAGED;
            gray_out(pixels, length);
            return IMAGE_CODEC_OK;
        default: return IMAGE_CODEC_DAMAGED;
        }
    }
}

static void straighten(uint8_t *rgba, size_t count) {
    for (size_t i = 0; i < count; i++, rgba += 4)
        for (int channel = 0; channel < 3; channel++) {
            int value = rgba[3] ? (rgba[channel] * 255 + rgba[3] / 2) / rgba[3] : 0;
            rgba[channel] = (uint8_t)(value > 255 ? 255 : value);
        }
}

static int decode(reader *state, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    JxlBasicInfo info;
    int code = read_info(state, &info);
    if (code != IMAGE_CODEC_OK) return code;
    // Whoever measured it has looked at the limit.
    if (info.xsize < width || info.ysize < height) return IMAGE_CODEC_DAMAGED;
    size_t count = (size_t)info.xsize * info.ysize;
    uint8_t *pixels = malloc(count * 4);
    if (!pixels) return IMAGE_CODEC_NO_MEMORY;
    code = read_pixels(state, pixels, count * 4, how);
    if (code == IMAGE_CODEC_OK && info.alpha_premultiplied) straighten(pixels, count);
    scaler scaling;
    if (code == IMAGE_CODEC_OK)
        code = scaler_open(&scaling, info.xsize, info.ysize, width, height, rgba, how->drops_alpha);
    if (code == IMAGE_CODEC_OK) {
        for (uint32_t y = 0; y < info.ysize; y++) scaler_take(&scaling, pixels + (size_t)y * info.xsize * 4);
        scaler_close(&scaling);
    }
    free(pixels);
    return code;
}

int jxl_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    reader state;
    int code = reader_open(&state, bytes, count, JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE);
    if (code == IMAGE_CODEC_OK) code = decode(&state, how, width, height, rgba);
    reader_close(&state);
    return code;
}

#else

int jxl_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    (void)bytes, (void)count, (void)width, (void)height;
    return IMAGE_CODEC_UNSUPPORTED;
}

int jxl_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    (void)bytes, (void)count, (void)output;
    return IMAGE_CODEC_UNSUPPORTED;
}

int jxl_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    (void)bytes, (void)count, (void)how, (void)width, (void)height, (void)rgba;
    return IMAGE_CODEC_UNSUPPORTED;
}

#endif
