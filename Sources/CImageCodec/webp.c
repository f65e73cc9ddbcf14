// WebP through libwebp, which reports by return value and scales while it decodes.
#include <stdlib.h>
#include <string.h>
#include <webp/decode.h>
#include <webp/encode.h>

#include "internal.h"

static int code_of(VP8StatusCode status) {
    switch (status) {
    case VP8_STATUS_OK: return IMAGE_CODEC_OK;
    case VP8_STATUS_OUT_OF_MEMORY: return IMAGE_CODEC_NO_MEMORY;
    case VP8_STATUS_UNSUPPORTED_FEATURE: return IMAGE_CODEC_UNSUPPORTED;
    default: return IMAGE_CODEC_DAMAGED;
    }
}

int webp_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    WebPBitstreamFeatures features;
    int code = code_of(WebPGetFeatures(bytes, count, &features));
    if (code != IMAGE_CODEC_OK) return code;
    *width = (uint32_t)features.width;
    *height = (uint32_t)features.height;
    return IMAGE_CODEC_OK;
}

int webp_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    // Chunks of a name, a length and bytes, padded to two, behind the 12 bytes of RIFF; the profile comes before the pixels.
    for (size_t at = 12; count >= 8 && at <= count - 8;) {
        const uint8_t *chunk = bytes + at;
        size_t length = (size_t)chunk[4] | (size_t)chunk[5] << 8 | (size_t)chunk[6] << 16 | (size_t)chunk[7] << 24;
        if (length > count - at - 8) return IMAGE_CODEC_OK;
        if (memcmp(chunk, "ICCP", 4) == 0) return buffer_copy(chunk + 8, length, output);
        at += 8 + length + (length & 1);
    }
    return IMAGE_CODEC_OK;
}

// The two codings of WebP, as WebPBitstreamFeatures names them.
enum { LOSSLESS = 2 };

static uint32_t little24(const uint8_t *at) { return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16; }

// A frame of an animation: its pixels as libwebp reads them without a file around, and where they stand on the screen.
typedef struct {
    const uint8_t *bytes;
    size_t count;
    uint32_t left, top;
} frame;

// WebP container specification, "Animation": the chunk ANMF begins with 16 bytes about the frame.
static int find_frame(const uint8_t *bytes, size_t count, int is_lenient, frame *found) {
    enum { HEAD = 16 };
    for (size_t at = 12; count >= 8 && at <= count - 8;) {
        const uint8_t *chunk = bytes + at;
        size_t length = little24(chunk + 4) | (size_t)chunk[7] << 24, room = count - at - 8;
        if (length > room && !is_lenient) return IMAGE_CODEC_DAMAGED;
        if (length > room) length = room;
        if (memcmp(chunk, "ANMF", 4) == 0) {
            if (length < HEAD) return IMAGE_CODEC_DAMAGED;
            *found = (frame){chunk + 8 + HEAD, length - HEAD, little24(chunk + 8) * 2, little24(chunk + 11) * 2};
            return IMAGE_CODEC_OK;
        }
        at += 8 + length + (length & 1);
    }
    return IMAGE_CODEC_DAMAGED;
}

static void fill_gray(uint8_t *rgba, size_t pixels) {
    for (size_t i = 0; i < pixels * 4; i++) rgba[i] = i % 4 == 3 ? 255 : 128;
}

// Decodes what there is of a cut picture; the rows that are missing are gray.
static int decode_part(const uint8_t *bytes, size_t count, WebPDecoderConfig *config, uint8_t *target, size_t width, size_t height) {
    WebPIDecoder *decoder = WebPIDecode(NULL, 0, config);
    if (!decoder) return IMAGE_CODEC_NO_MEMORY;
    WebPIUpdate(decoder, bytes, count);
    int rows = 0;
    const uint8_t *seen = WebPIDecGetRGB(decoder, &rows, NULL, NULL, NULL);
    size_t done = seen && rows > 0 ? (size_t)rows : 0;
    WebPIDelete(decoder);
    if (!done) return IMAGE_CODEC_DAMAGED;
    if (done < height) fill_gray(target + done * width * 4, (height - done) * width);
    return IMAGE_CODEC_OK;
}

// Decodes the pixels of a still picture or a frame to its own size, or leaves the scaling to the library.
static int decode_pixels(const uint8_t *bytes, size_t count, WebPDecoderConfig *config, int is_lenient, uint32_t width,
                         uint32_t height, uint8_t *target) {
    config->options.use_scaling = (uint32_t)config->input.width != width || (uint32_t)config->input.height != height;
    config->options.scaled_width = (int)width;
    config->options.scaled_height = (int)height;
    config->output.colorspace = MODE_RGBA;
    config->output.is_external_memory = 1;
    config->output.u.RGBA.rgba = target;
    config->output.u.RGBA.stride = (int)width * 4;
    config->output.u.RGBA.size = (size_t)width * height * 4;
    int code = is_lenient ? decode_part(bytes, count, config, target, width, height) : code_of(WebPDecode(bytes, count, config));
    WebPFreeDecBuffer(&config->output);
    return code;
}

static int scale_whole(const uint8_t *whole, uint32_t from_width, uint32_t from_height, decoding *how, uint32_t width,
                       uint32_t height, uint8_t *rgba) {
    scaler state;
    int code = scaler_open(&state, from_width, from_height, width, height, rgba, how->drops_alpha);
    for (uint32_t y = 0; code == IMAGE_CODEC_OK && y < from_height; y++) scaler_take(&state, whole + (size_t)y * from_width * 4);
    scaler_close(&state);
    return code;
}

// The first frame on a screen that is invisible elsewhere.
static int decode_animation(const uint8_t *bytes, size_t count, decoding *how, uint32_t screen_width, uint32_t screen_height,
                            uint32_t width, uint32_t height, uint8_t *rgba) {
    frame first;
    WebPDecoderConfig config;
    uint64_t pixels = (uint64_t)screen_width * screen_height;
    if (pixels > how->held_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    if (!WebPInitDecoderConfig(&config)) return IMAGE_CODEC_UNSUPPORTED;
    int code = find_frame(bytes, count, how->accepts_partial, &first);
    if (code == IMAGE_CODEC_OK) code = code_of(WebPGetFeatures(first.bytes, first.count, &config.input));
    if (code != IMAGE_CODEC_OK) return code;
    uint32_t across = (uint32_t)config.input.width, down = (uint32_t)config.input.height;
    if (across > screen_width || down > screen_height || first.left > screen_width - across || first.top > screen_height - down)
        return IMAGE_CODEC_DAMAGED;
    uint8_t *screen = calloc(pixels, 4), *part = malloc((size_t)across * down * 4);
    code = screen && part ? IMAGE_CODEC_OK : IMAGE_CODEC_NO_MEMORY;
    if (code == IMAGE_CODEC_OK)
        code = decode_pixels(first.bytes, first.count, &config, how->accepts_partial, across, down, part);
    for (uint32_t y = 0; code == IMAGE_CODEC_OK && y < down; y++)
        memcpy(screen + ((size_t)(first.top + y) * screen_width + first.left) * 4, part + (size_t)y * across * 4, (size_t)across * 4);
    if (code == IMAGE_CODEC_OK) code = scale_whole(screen, screen_width, screen_height, how, width, height, rgba);
    free(screen);
    free(part);
    return code;
}

int webp_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return IMAGE_CODEC_UNSUPPORTED;
    int code = code_of(WebPGetFeatures(bytes, count, &config.input));
    if (code != IMAGE_CODEC_OK) return code;
    uint32_t stored_width = (uint32_t)config.input.width, stored_height = (uint32_t)config.input.height;
    if (config.input.has_animation)
        return decode_animation(bytes, count, how, stored_width, stored_height, width, height, rgba);
    uint64_t pixels = (uint64_t)stored_width * stored_height;
    int is_smaller = stored_width != width || stored_height != height;
    // libwebp scales the colours of a lossy picture without regard to its alpha, so what is invisible would colour what is not: then the
    // whole is decoded first. Of a lossless one it holds the whole in any case.
    int is_whole = config.input.has_alpha && is_smaller;
    if ((is_whole || config.input.format == LOSSLESS) && pixels > how->held_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    if (!is_whole) {
        code = decode_pixels(bytes, count, &config, how->accepts_partial, width, height, rgba);
        for (size_t i = 0; code == IMAGE_CODEC_OK && how->drops_alpha && i < (size_t)width * height; i++) rgba[i * 4 + 3] = 255;
        return code;
    }
    uint8_t *whole = malloc(pixels * 4);
    if (!whole) return IMAGE_CODEC_NO_MEMORY;
    code = decode_pixels(bytes, count, &config, how->accepts_partial, stored_width, stored_height, whole);
    if (code == IMAGE_CODEC_OK) code = scale_whole(whole, stored_width, stored_height, how, width, height, rgba);
    free(whole);
    return code;
}

int webp_encode(const image_codec_source *source, int quality, int effort, image_codec_buffer *output) {
    if (source->width > WEBP_MAX_DIMENSION || source->height > WEBP_MAX_DIMENSION) return IMAGE_CODEC_SIDE_TOO_LONG;
    WebPConfig config;
    WebPPicture picture;
    if (!WebPConfigInit(&config) || !WebPPictureInit(&picture)) return IMAGE_CODEC_UNSUPPORTED;
    config.quality = (float)quality;
    config.method = effort;
    config.lossless = quality == 100;
    picture.use_argb = 1;
    picture.width = (int)source->width;
    picture.height = (int)source->height;
    if (!WebPPictureAlloc(&picture)) return IMAGE_CODEC_NO_MEMORY;
    for (uint32_t y = 0; y < source->height; y++) {
        const uint8_t *from = source_row(source, y);
        uint32_t *to = picture.argb + (size_t)y * picture.argb_stride;
        if (y > 0 && from == source_row(source, y - 1)) {
            memcpy(to, to - picture.argb_stride, (size_t)source->width * 4);
            continue;
        }
        for (uint32_t x = 0; x < source->width; x++, from += source->channels) {
            uint32_t alpha = source->channels == 4 ? from[3] : 255;
            to[x] = alpha << 24 | (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
        }
    }
    WebPMemoryWriter writer;
    WebPMemoryWriterInit(&writer);
    picture.writer = WebPMemoryWrite;
    picture.custom_ptr = &writer;
    int done = WebPEncode(&config, &picture);
    int code = picture.error_code == VP8_ENC_ERROR_OUT_OF_MEMORY ? IMAGE_CODEC_NO_MEMORY : IMAGE_CODEC_BAD_PARAMETER;
    WebPPictureFree(&picture);
    if (!done) {
        WebPMemoryWriterClear(&writer);
        return code;
    }
    // libwebp's allocator is the C library's, unless someone rebuilt it; a copy keeps free() right in every case.
    output->bytes = malloc(writer.size);
    if (output->bytes) memcpy(output->bytes, writer.mem, writer.size);
    output->count = output->bytes ? writer.size : 0;
    WebPMemoryWriterClear(&writer);
    return output->bytes ? IMAGE_CODEC_OK : IMAGE_CODEC_NO_MEMORY;
}
