// TIFF through libtiff, from memory. Its errors come back as return values; what it says on the way is not shown.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "tiff_codec.h"

typedef struct {
    const uint8_t *bytes;
    size_t count, position;
    // What is missing at the end is read as gray: whole rows of a strip may be there that the library would give up.
    int is_lenient;
} source;

enum { GRAY = 128, ROOM_BEHIND = 256 << 20 };

static tmsize_t read_bytes(thandle_t handle, void *target, tmsize_t length) {
    source *from = handle;
    if (length < 0) return 0;
    if (from->is_lenient) {
        size_t begin = from->position < from->count ? from->position : from->count, rest = from->count - begin;
        size_t found = (size_t)length < rest ? (size_t)length : rest;
        memcpy(target, from->bytes + begin, found);
        memset((uint8_t *)target + found, GRAY, (size_t)length - found);
        from->position += (size_t)length;
        return length;
    }
    if (from->position > from->count) return 0;
    size_t rest = from->count - from->position, taken = (size_t)length < rest ? (size_t)length : rest;
    memcpy(target, from->bytes + from->position, taken);
    from->position += taken;
    return (tmsize_t)taken;
}

static tmsize_t write_nothing(thandle_t handle, void *bytes, tmsize_t length) {
    (void)handle;
    (void)bytes;
    (void)length;
    return 0;
}

static toff_t move_to(thandle_t handle, toff_t offset, int origin) {
    source *from = handle;
    toff_t base = origin == SEEK_CUR ? from->position : origin == SEEK_END ? from->count : 0;
    from->position = (size_t)(base + offset);
    return from->position;
}

static int close_nothing(thandle_t handle) {
    (void)handle;
    return 0;
}

static toff_t byte_count(thandle_t handle) {
    const source *from = handle;
    return from->count + (from->is_lenient ? ROOM_BEHIND : 0);
}

static int stay_silent(TIFF *tiff, void *state, const char *module, const char *format, va_list arguments) {
    (void)tiff;
    (void)state;
    (void)module;
    (void)format;
    (void)arguments;
    return 1;
}

static TIFF *open_tiff(source *from, uint64_t largest) {
    TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
    if (!options) return NULL;
    TIFFOpenOptionsSetErrorHandlerExtR(options, stay_silent, NULL);
    TIFFOpenOptionsSetWarningHandlerExtR(options, stay_silent, NULL);
    // A file may declare a strip or a tile of any size; nothing sound needs more than the whole picture at 16 bits a channel.
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, (tmsize_t)largest);
    // "m" would map the file; it is in memory already.
    TIFF *tiff = TIFFClientOpenExt("picture", "rm", from, read_bytes, write_nothing, move_to, close_nothing, byte_count,
                                   NULL, NULL, options);
    TIFFOpenOptionsFree(options);
    return tiff;
}

int tiff_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    source from = {.bytes = bytes, .count = count};
    TIFF *tiff = open_tiff(&from, (uint64_t)64 << 20);
    if (!tiff) return IMAGE_CODEC_DAMAGED;
    int found = TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, width) && TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, height);
    TIFFClose(tiff);
    return found ? IMAGE_CODEC_OK : IMAGE_CODEC_DAMAGED;
}

int tiff_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output) {
    source from = {.bytes = bytes, .count = count};
    TIFF *tiff = open_tiff(&from, (uint64_t)64 << 20);
    if (!tiff) return IMAGE_CODEC_DAMAGED;
    uint32_t length = 0;
    void *profile = NULL;
    int code = IMAGE_CODEC_OK;
    if (TIFFGetField(tiff, TIFFTAG_ICCPROFILE, &length, &profile)) code = buffer_copy(profile, length, output);
    TIFFClose(tiff);
    return code;
}

// The library multiplies colours by alpha; everywhere else here they are straight.
void tiff_straighten(uint8_t *rgba, uint32_t width) {
    for (uint32_t x = 0; x < width; x++, rgba += 4) {
        if (rgba[3] == 255) continue;
        for (int channel = 0; channel < 3; channel++) {
            int value = rgba[3] ? (rgba[channel] * 255 + rgba[3] / 2) / rgba[3] : 0;
            rgba[channel] = (uint8_t)(value > 255 ? 255 : value);
        }
    }
}

// How many rows to decode at once: whole strips or tiles, and some at least.
static uint32_t band_of(TIFF *tiff, uint32_t height) {
    enum { LEAST_ROWS = 8 };
    uint32_t rows = 0;
    int found = TIFFIsTiled(tiff) ? TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows)
                                  : TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows);
    if (!found || !rows || rows >= height) return height;
    if (rows < LEAST_ROWS) rows *= LEAST_ROWS / rows;
    return rows < height ? rows : height;
}

// Leniently what a band misses is gray.
static int decode_bands(TIFFRGBAImage *picture, uint32_t band, uint32_t *raster, uint8_t *row, decoding *how, scaler *state) {
    for (uint32_t top = 0; top < picture->height; top += band) {
        uint32_t rows = picture->height - top < band ? picture->height - top : band;
        picture->row_offset = (int)top;
        picture->col_offset = 0;
        for (size_t i = 0; how->accepts_partial && i < (size_t)rows * picture->width; i++) raster[i] = 0xFF808080;
        if (!TIFFRGBAImageGet(picture, raster, picture->width, rows) && !how->accepts_partial) return IMAGE_CODEC_DAMAGED;
        for (uint32_t y = 0; y < rows; y++) {
            const uint32_t *from = raster + (size_t)y * picture->width;
            for (uint32_t x = 0; x < picture->width; x++) {
                uint8_t *pixel = row + (size_t)x * 4;
                pixel[0] = (uint8_t)TIFFGetR(from[x]);
                pixel[1] = (uint8_t)TIFFGetG(from[x]);
                pixel[2] = (uint8_t)TIFFGetB(from[x]);
                pixel[3] = (uint8_t)TIFFGetA(from[x]);
            }
            if (picture->alpha) tiff_straighten(row, picture->width);
            scaler_take(state, row);
        }
    }
    return IMAGE_CODEC_OK;
}

static uint64_t number_at(const source *from, uint64_t at, unsigned length, int is_little) {
    uint64_t value = 0;
    if (at > from->count || length > from->count - at) return 0;
    for (unsigned i = 0; i < length; i++) value |= (uint64_t)from->bytes[at + i] << 8 * (is_little ? i : length - 1 - i);
    return value;
}

// Whether the file itself explains the samples beside the colours: where it does not, the library says that they are unspecified.
static int has_extra_tag(TIFF *tiff) {
    const source *from = TIFFClientdata(tiff);
    uint64_t at = TIFFCurrentDirOffset(tiff);
    if (from->count < 8) return 0;
    int is_little = from->bytes[0] == 'I', is_big = from->bytes[is_little ? 2 : 3] == 43;
    uint64_t entries = number_at(from, at, is_big ? 8 : 2, is_little);
    at += is_big ? 8 : 2;
    for (uint64_t i = 0; i < entries && at < from->count; i++, at += is_big ? 20 : 12)
        if (number_at(from, at, 2, is_little) == TIFFTAG_EXTRASAMPLES) return 1;
    return 0;
}

// What the library itself (4.5) would give an error or wrong pixels for.
static int is_misread(TIFF *tiff, uint16_t meaning) {
    uint16_t compression = COMPRESSION_NONE, bits = 1, samples = 1, extra = 0, *kinds = NULL;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_COMPRESSION, &compression);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra, &kinds);
    // A sample that is called unspecified is no alpha, and gray is not multiplied by its alpha when that is called unassociated.
    int is_unspecified = extra && kinds && kinds[0] == EXTRASAMPLE_UNSPECIFIED;
    if (meaning == PHOTOMETRIC_RGB && samples > 3 && is_unspecified && has_extra_tag(tiff)) return 1;
    if (meaning <= PHOTOMETRIC_MINISBLACK && samples > 1) return 1;
    switch (meaning) {
    // It does not ask how large the colours of the map are together, and shows CIE L*a*b* yellowish, under the light of D50.
    case PHOTOMETRIC_PALETTE:
    case PHOTOMETRIC_CIELAB:
    case PHOTOMETRIC_ICCLAB: return 1;
    // Of tiles stored as they are it believes that they hold four bytes a pixel, and it stumbles over the rows of gray of 16 bits.
    default: return TIFFIsTiled(tiff) && (compression == COMPRESSION_NONE || bits == 16);
    }
}

static int decode(TIFF *tiff, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    char message[1024];
    uint16_t meaning = 0;
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &meaning);
    TIFFRGBAImage picture;
    // The last argument: stop at the first error, since half a picture is none.
    int is_by_samples = how->accepts_partial || is_misread(tiff, meaning);
    if ((how->wants_inks && meaning == PHOTOMETRIC_SEPARATED) || (is_by_samples && tiff_knows_samples(tiff)) ||
        !TIFFRGBAImageOK(tiff, message) ||
        !TIFFRGBAImageBegin(&picture, tiff, 1, message))
        return tiff_decode_samples(tiff, how, width, height, rgba);
    // Rows and columns as they are stored; turning is the caller's business.
    picture.orientation = ORIENTATION_TOPLEFT;
    picture.req_orientation = ORIENTATION_TOPLEFT;
    uint32_t band = band_of(tiff, picture.height);
    uint64_t held = (uint64_t)band * picture.width;
    int code = held > how->held_limit ? IMAGE_CODEC_TOO_MANY_PIXELS : IMAGE_CODEC_OK;
    uint32_t *raster = NULL;
    uint8_t *row = NULL;
    scaler state = {0};
    if (code == IMAGE_CODEC_OK) {
        raster = malloc(held * 4);
        row = malloc((size_t)picture.width * 4);
        code = raster && row ? scaler_open(&state, picture.width, picture.height, width, height, rgba, how->drops_alpha)
                             : IMAGE_CODEC_NO_MEMORY;
    }
    if (code == IMAGE_CODEC_OK) code = decode_bands(&picture, band, raster, row, how, &state);
    TIFFRGBAImageEnd(&picture);
    scaler_close(&state);
    free(raster);
    free(row);
    return code;
}

int tiff_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba) {
    uint32_t stored_width = 0, stored_height = 0;
    int code = tiff_measure(bytes, count, &stored_width, &stored_height);
    if (code != IMAGE_CODEC_OK) return code;
    source from = {.bytes = bytes, .count = count, .is_lenient = how->accepts_partial};
    uint64_t pixels = (uint64_t)stored_width * stored_height;
    if (pixels > how->held_limit) pixels = how->held_limit;
    TIFF *tiff = open_tiff(&from, pixels * 8 + ((uint64_t)64 << 20));
    if (!tiff) return IMAGE_CODEC_DAMAGED;
    code = decode(tiff, how, width, height, rgba);
    TIFFClose(tiff);
    return code;
}
