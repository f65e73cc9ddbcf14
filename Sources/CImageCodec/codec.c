// The door: checks parameters and limits, then asks the format's own file.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef enum { FORMAT_NONE, FORMAT_PNG, FORMAT_JPEG, FORMAT_WEBP } format;

static format format_of(const uint8_t *bytes, size_t count) {
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (count >= 8 && memcmp(bytes, png, 8) == 0) return FORMAT_PNG;
    if (count >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF) return FORMAT_JPEG;
    if (count >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) return FORMAT_WEBP;
    return FORMAT_NONE;
}

int image_codec_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    int code;
    *width = 0;
    *height = 0;
    switch (format_of(bytes, count)) {
    case FORMAT_PNG: code = png_measure(bytes, count, width, height); break;
    case FORMAT_JPEG: code = jpeg_measure(bytes, count, width, height); break;
    case FORMAT_WEBP: code = webp_measure(bytes, count, width, height); break;
    default: return IMAGE_CODEC_UNSUPPORTED;
    }
    if (code != IMAGE_CODEC_OK) return code;
    return *width && *height ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
}

int image_codec_png_first_alpha(const uint8_t *bytes, size_t count, uint32_t rows, uint8_t *alpha) {
    return format_of(bytes, count) == FORMAT_PNG ? png_first_alpha(bytes, count, rows, alpha) : IMAGE_CODEC_UNSUPPORTED;
}

int image_codec_decode(const uint8_t *bytes, size_t count, uint64_t pixel_limit, uint32_t width, uint32_t height,
                       uint8_t *rgba) {
    uint32_t stored_width, stored_height;
    int code = image_codec_measure(bytes, count, &stored_width, &stored_height);
    if (code != IMAGE_CODEC_OK) return code;
    if ((uint64_t)stored_width * stored_height > pixel_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    if (!width || !height || width > stored_width || height > stored_height) return IMAGE_CODEC_BAD_PARAMETER;
    switch (format_of(bytes, count)) {
    case FORMAT_PNG: return png_decode(bytes, count, width, height, rgba);
    case FORMAT_JPEG: return jpeg_decode(bytes, count, width, height, rgba);
    case FORMAT_WEBP: return webp_decode(bytes, count, width, height, rgba);
    default: return IMAGE_CODEC_UNSUPPORTED;
    }
}

int image_codec_encode(const image_codec_source *source, image_codec_settings settings, image_codec_buffer *output) {
    output->bytes = NULL;
    output->count = 0;
    if (!source->width || !source->height) return IMAGE_CODEC_BAD_PARAMETER;
    if (source->channels != 3 && source->channels != 4) return IMAGE_CODEC_BAD_PARAMETER;
    if (settings.format != IMAGE_CODEC_PNG && (settings.quality < 1 || settings.quality > 100))
        return IMAGE_CODEC_BAD_PARAMETER;
    switch (settings.format) {
    case IMAGE_CODEC_PNG:
        if (settings.effort < 0 || settings.effort > 9) return IMAGE_CODEC_BAD_PARAMETER;
        return png_encode(source, settings.effort, output);
    case IMAGE_CODEC_JPEG:
        return jpeg_encode(source, settings.quality, output);
    case IMAGE_CODEC_WEBP:
        if (settings.effort < 0 || settings.effort > 6) return IMAGE_CODEC_BAD_PARAMETER;
        return webp_encode(source, settings.quality, settings.effort, output);
    default:
        return IMAGE_CODEC_BAD_PARAMETER;
    }
}

void image_codec_free(uint8_t *bytes) { free(bytes); }
