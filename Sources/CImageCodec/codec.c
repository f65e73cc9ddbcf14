// The door: checks parameters and limits, then asks the format's own file.
#include <stdlib.h>
#include <string.h>

#include "internal.h"

typedef enum {
    FORMAT_NONE,
    FORMAT_PNG,
    FORMAT_JPEG,
    FORMAT_WEBP,
    FORMAT_TIFF,
    FORMAT_GIF,
    FORMAT_BMP,
    FORMAT_HEIF,
    FORMAT_JXL
} format;

static format format_of(const uint8_t *bytes, size_t count) {
    static const uint8_t png[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
    if (count >= 8 && memcmp(bytes, png, 8) == 0) return FORMAT_PNG;
    if (count >= 3 && bytes[0] == 0xFF && bytes[1] == 0xD8 && bytes[2] == 0xFF) return FORMAT_JPEG;
    if (count >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) return FORMAT_WEBP;
    if (count >= 4 && (memcmp(bytes, "II*\0", 4) == 0 || memcmp(bytes, "MM\0*", 4) == 0)) return FORMAT_TIFF;
    // BigTIFF.
    if (count >= 4 && (memcmp(bytes, "II+\0", 4) == 0 || memcmp(bytes, "MM\0+", 4) == 0)) return FORMAT_TIFF;
    if (count >= 6 && (memcmp(bytes, "GIF87a", 6) == 0 || memcmp(bytes, "GIF89a", 6) == 0)) return FORMAT_GIF;
    if (count >= 2 && bytes[0] == 'B' && bytes[1] == 'M') return FORMAT_BMP;
    static const uint8_t jxl[12] = {0, 0, 0, 12, 'J', 'X', 'L', ' ', '\r', '\n', 0x87, '\n'};
    if (count >= 2 && bytes[0] == 0xFF && bytes[1] == 0x0A) return FORMAT_JXL;
    if (count >= 12 && memcmp(bytes, jxl, 12) == 0) return FORMAT_JXL;
    // Whether libheif knows the brand is for it to say.
    if (count >= 12 && memcmp(bytes + 4, "ftyp", 4) == 0) return FORMAT_HEIF;
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
    case FORMAT_TIFF: code = tiff_measure(bytes, count, width, height); break;
    case FORMAT_GIF: code = gif_measure(bytes, count, width, height); break;
    case FORMAT_BMP: code = bmp_measure(bytes, count, width, height); break;
    case FORMAT_HEIF: code = heif_measure(bytes, count, width, height); break;
    case FORMAT_JXL: code = jxl_measure(bytes, count, width, height); break;
    default: return IMAGE_CODEC_UNSUPPORTED;
    }
    if (code != IMAGE_CODEC_OK) return code;
    return *width && *height ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
}

int image_codec_decodes_upright(const uint8_t *bytes, size_t count) {
    format found = format_of(bytes, count);
    return found == FORMAT_HEIF || found == FORMAT_JXL;
}

int image_codec_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    *output = (image_codec_buffer){0};
    switch (format_of(bytes, count)) {
    case FORMAT_PNG: return png_profile(bytes, count, output);
    case FORMAT_JPEG: return jpeg_profile(bytes, count, output);
    case FORMAT_WEBP: return webp_profile(bytes, count, output);
    case FORMAT_TIFF: return tiff_profile(bytes, count, output);
    case FORMAT_HEIF: return heif_profile(bytes, count, output);
    default: return IMAGE_CODEC_OK;
    }
}

int buffer_copy(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    *output = (image_codec_buffer){0};
    if (!count) return IMAGE_CODEC_OK;
    output->bytes = malloc(count);
    if (!output->bytes) return IMAGE_CODEC_NO_MEMORY;
    memcpy(output->bytes, bytes, count);
    output->count = count;
    return IMAGE_CODEC_OK;
}

// ICC.1, 7.2.6: the colours that a profile speaks of stand at byte 16, its signature at byte 36.
static int is_profile_of(const char *colours, const uint8_t *profile, size_t count) {
    return count >= 128 && memcmp(profile + 16, colours, 4) == 0 && memcmp(profile + 36, "acsp", 4) == 0;
}

// Whether red, green and blue are equal everywhere.
static int is_gray(const image_codec_source *source) {
    for (uint32_t y = 0; y < source->height; y++) {
        const uint8_t *pixel = source_row(source, y);
        for (uint32_t x = 0; x < source->width; x++, pixel += source->channels)
            if (pixel[0] != pixel[1] || pixel[0] != pixel[2]) return 0;
    }
    return 1;
}

void image_codec_flatten(uint8_t *rgba, size_t pixel_count, uint8_t red, uint8_t green, uint8_t blue) {
    for (size_t i = 0; i < pixel_count; i++, rgba += 4) {
        uint8_t alpha = rgba[3];
        if (alpha == 255) continue;
        rgba[0] = over(rgba[0], alpha, red);
        rgba[1] = over(rgba[1], alpha, green);
        rgba[2] = over(rgba[2], alpha, blue);
        rgba[3] = 255;
    }
}

int image_codec_png_first_alpha(const uint8_t *bytes, size_t count, uint32_t rows, uint8_t *alpha) {
    return format_of(bytes, count) == FORMAT_PNG ? png_first_alpha(bytes, count, rows, alpha) : IMAGE_CODEC_UNSUPPORTED;
}

// The way to sRGB for about so many pixels.
static void open_colour(format found, const uint8_t *bytes, size_t count, uint64_t pixels, colour *state) {
    colour_description described;
    image_codec_buffer profile = {0};
    *state = (colour){.kind = COLOUR_USUAL};
    if (found == FORMAT_PNG && png_colours(bytes, count, &described)) {
        colour_open_described(state, &described, pixels);
        return;
    }
    int code = found == FORMAT_JXL   ? jxl_profile(bytes, count, &profile)
               : found == FORMAT_BMP ? bmp_profile(bytes, count, &profile)
                                     : image_codec_profile(bytes, count, &profile);
    if (code == IMAGE_CODEC_OK && profile.count)
        colour_open(state, profile.bytes, profile.count, pixels);
    else if (found == FORMAT_HEIF && heif_colours(bytes, count, &described))
        colour_open_described(state, &described, pixels);
    free(profile.bytes);
}

static int decode(format found, const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                  uint8_t *rgba) {
    switch (found) {
    case FORMAT_PNG: return png_decode(bytes, count, how, width, height, rgba);
    case FORMAT_JPEG: return jpeg_decode(bytes, count, how, width, height, rgba);
    case FORMAT_WEBP: return webp_decode(bytes, count, how, width, height, rgba);
    case FORMAT_TIFF: return tiff_decode(bytes, count, how, width, height, rgba);
    case FORMAT_GIF: return gif_decode(bytes, count, how, width, height, rgba);
    case FORMAT_BMP: return bmp_decode(bytes, count, how, width, height, rgba);
    case FORMAT_HEIF: return heif_decode(bytes, count, how, width, height, rgba);
    case FORMAT_JXL: return jxl_decode(bytes, count, how, width, height, rgba);
    default: return IMAGE_CODEC_UNSUPPORTED;
    }
}

int image_codec_decode(const uint8_t *bytes, size_t count, image_codec_decoding how, uint32_t width, uint32_t height,
                       uint8_t *rgba, image_codec_outcome *outcome) {
    *outcome = (image_codec_outcome){0};
    uint32_t stored_width, stored_height;
    int code = image_codec_measure(bytes, count, &stored_width, &stored_height);
    if (code != IMAGE_CODEC_OK) return code;
    uint64_t pixels = (uint64_t)stored_width * stored_height;
    if (pixels > how.pixel_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    format found = format_of(bytes, count);
    if ((found == FORMAT_GIF || found == FORMAT_HEIF || found == FORMAT_JXL) && pixels > how.held_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    if (!width || !height || width > stored_width || height > stored_height) return IMAGE_CODEC_BAD_PARAMETER;
    decoding inner = {
        .held_limit = how.held_limit, .drops_alpha = how.drops_alpha};
    colour way = {.kind = COLOUR_USUAL};
    if (how.to_srgb) open_colour(found, bytes, count, (uint64_t)width * height, &way);
    inner.shows_measures = how.to_srgb;
    inner.wants_inks = way.kind == COLOUR_INKS;
    code = decode(found, bytes, count, &inner, width, height, rgba);
    // Again, and less strict: sound pictures are as fast as without this.
    if (code == IMAGE_CODEC_DAMAGED && how.accepts_partial) {
        inner.accepts_partial = 1;
        inner.holds_inks = 0;
        code = decode(found, bytes, count, &inner, width, height, rgba);
        outcome->is_partial = code == IMAGE_CODEC_OK;
    }
    if (code == IMAGE_CODEC_OK && how.to_srgb) colour_convert(&way, rgba, (size_t)width * height, inner.holds_inks);
    colour_close(&way);
    return code;
}

int image_codec_encode(const image_codec_source *source, image_codec_settings settings, image_codec_buffer *output) {
    output->bytes = NULL;
    output->count = 0;
    if (!source->width || !source->height) return IMAGE_CODEC_BAD_PARAMETER;
    if (source->channels != 3 && source->channels != 4) return IMAGE_CODEC_BAD_PARAMETER;
    if (settings.format != IMAGE_CODEC_PNG && (settings.quality < 1 || settings.quality > 100))
        return IMAGE_CODEC_BAD_PARAMETER;
    // A profile of gray fits gray pixels, one of inks fits none that we have.
    int gray = settings.profile && is_profile_of("GRAY", settings.profile, settings.profile_count) && is_gray(source);
    if (settings.profile && !gray && !is_profile_of("RGB ", settings.profile, settings.profile_count))
        settings.profile = NULL;
    switch (settings.format) {
    case IMAGE_CODEC_PNG:
        if (settings.effort < 0 || settings.effort > 9) return IMAGE_CODEC_BAD_PARAMETER;
        return png_encode(source, &settings, gray, output);
    case IMAGE_CODEC_JPEG:
        return jpeg_encode(source, &settings, gray, output);
    case IMAGE_CODEC_WEBP:
        if (settings.effort < 0 || settings.effort > 6) return IMAGE_CODEC_BAD_PARAMETER;
        return webp_encode(source, settings.quality, settings.effort, output);
    default:
        return IMAGE_CODEC_BAD_PARAMETER;
    }
}

void image_codec_free(uint8_t *bytes) { free(bytes); }
