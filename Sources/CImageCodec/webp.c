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
    if (features.has_animation) return IMAGE_CODEC_UNSUPPORTED;
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

int webp_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba) {
    WebPDecoderConfig config;
    if (!WebPInitDecoderConfig(&config)) return IMAGE_CODEC_UNSUPPORTED;
    int code = code_of(WebPGetFeatures(bytes, count, &config.input));
    if (code != IMAGE_CODEC_OK) return code;
    uint32_t stored_width = (uint32_t)config.input.width, stored_height = (uint32_t)config.input.height;
    uint64_t pixels = (uint64_t)stored_width * stored_height;
    int is_smaller = stored_width != width || stored_height != height;
    // libwebp scales the colours of a lossy picture without regard to its alpha, so what is invisible would colour what is not: then the
    // whole is decoded first. Of a lossless one it holds the whole in any case.
    int is_whole = config.input.has_alpha && is_smaller;
    if ((is_whole || config.input.format == LOSSLESS) && pixels > how->held_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    uint8_t *whole = is_whole ? malloc(pixels * 4) : NULL;
    if (is_whole && !whole) return IMAGE_CODEC_NO_MEMORY;
    config.options.use_scaling = is_smaller && !is_whole;
    config.options.scaled_width = (int)width;
    config.options.scaled_height = (int)height;
    config.output.colorspace = MODE_RGBA;
    config.output.is_external_memory = 1;
    config.output.u.RGBA.rgba = is_whole ? whole : rgba;
    config.output.u.RGBA.stride = (int)(is_whole ? stored_width : width) * 4;
    config.output.u.RGBA.size = is_whole ? pixels * 4 : (size_t)width * height * 4;
    code = code_of(WebPDecode(bytes, count, &config));
    WebPFreeDecBuffer(&config.output);
    if (code == IMAGE_CODEC_OK && is_whole) {
        scaler state;
        code = scaler_open(&state, stored_width, stored_height, width, height, rgba, how->drops_alpha);
        for (uint32_t y = 0; code == IMAGE_CODEC_OK && y < stored_height; y++)
            scaler_take(&state, whole + (size_t)y * stored_width * 4);
        scaler_close(&state);
    } else if (code == IMAGE_CODEC_OK && how->drops_alpha) {
        for (size_t i = 0; i < (size_t)width * height; i++) rgba[i * 4 + 3] = 255;
    }
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
