// The TIFF pictures that libtiff itself does not turn into RGB: samples of any number of bits and of floating point, inks of 16 bits or
// in planes, CIE L*a*b*, gray with much beside it. libtiff unpacks strips and tiles, this file makes sense of the samples. It also
// gives inks as they are, for a profile to convert.
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <tiffio.h>

#include "tiff_codec.h"

typedef struct {
    TIFF *tiff;
    uint32_t width, height;
    uint16_t bits, samples, meaning, format, planes;
    // Samples of colour, and where alpha is; 0 for nowhere.
    uint16_t colours, alpha;
    int is_associated, is_tiled;
    // Rows that are read at once, and the bytes of one of a plane.
    uint32_t band;
    size_t row_bytes, plane_bytes;
    uint8_t *rows, *tile, *pixels;
    // What stands for black and white, when no number of bits says so.
    double low, high;
    int is_stretched;
    uint16_t *map[3];
    int map_bits;
} reader;

enum { MOST_SAMPLES = 64, LAB_OF_CIE = 8, LAB_OF_ICC = 9 };

static int read_fields(reader *state, TIFF *tiff) {
    *state = (reader){.tiff = tiff};
    uint16_t planes = PLANARCONFIG_CONTIG, extra = 0, *kinds = NULL;
    if (!TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &state->width) || !TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &state->height))
        return IMAGE_CODEC_DAMAGED;
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &state->bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &state->samples);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &state->format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_PLANARCONFIG, &planes);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_EXTRASAMPLES, &extra, &kinds);
    if (!TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &state->meaning)) return IMAGE_CODEC_UNSUPPORTED;
    if (!state->samples || state->samples > MOST_SAMPLES) return IMAGE_CODEC_UNSUPPORTED;
    if (!state->width || !state->height || state->height > 0x7FFFFFFF) return IMAGE_CODEC_DAMAGED;
    switch (state->meaning) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK:
    case PHOTOMETRIC_PALETTE: state->colours = 1; break;
    case PHOTOMETRIC_RGB:
    case LAB_OF_CIE:
    case LAB_OF_ICC: state->colours = 3; break;
    case PHOTOMETRIC_SEPARATED: state->colours = 4; break;
    default: return IMAGE_CODEC_UNSUPPORTED;
    }
    if (state->samples < state->colours) return IMAGE_CODEC_UNSUPPORTED;
    if (extra && kinds && state->samples > state->colours &&
        (kinds[0] == EXTRASAMPLE_ASSOCALPHA || kinds[0] == EXTRASAMPLE_UNASSALPHA)) {
        state->alpha = state->colours;
        state->is_associated = kinds[0] == EXTRASAMPLE_ASSOCALPHA;
    }
    // A fourth sample beside three colours that nothing explains is alpha, as libtiff has it.
    if (!extra && state->meaning == PHOTOMETRIC_RGB && state->samples == 4) {
        state->alpha = 3;
        state->is_associated = 1;
    }
    state->planes = planes == PLANARCONFIG_SEPARATE ? state->samples : 1;
    state->is_tiled = TIFFIsTiled(tiff);
    int is_float = state->format == SAMPLEFORMAT_IEEEFP;
    if (state->bits < 1 || (state->bits > 32 && !(is_float && state->bits == 64))) return IMAGE_CODEC_UNSUPPORTED;
    if (is_float && state->bits != 16 && state->bits != 32 && state->bits != 64) return IMAGE_CODEC_UNSUPPORTED;
    if (state->meaning == PHOTOMETRIC_PALETTE &&
        (state->bits > 16 || is_float ||
         !TIFFGetField(tiff, TIFFTAG_COLORMAP, &state->map[0], &state->map[1], &state->map[2])))
        return IMAGE_CODEC_UNSUPPORTED;
    int is_lab = state->meaning == LAB_OF_CIE || state->meaning == LAB_OF_ICC;
    if (is_lab && state->bits != 8 && state->bits != 16) return IMAGE_CODEC_UNSUPPORTED;
    // What these numbers measure is anyone's guess: the least is shown as black, the greatest as white.
    state->is_stretched = is_float || (state->bits == 32 && state->colours == 1);
    state->low = 0;
    state->high = 1;
    return IMAGE_CODEC_OK;
}

// Old programs wrote colours of 8 bits where 16 belong, some of them 256 for white. Of 16 bits a map of so small numbers would be black.
static int map_bits(const reader *state) {
    for (int channel = 0; channel < 3; channel++)
        for (size_t i = 0; i < (size_t)1 << state->bits; i++)
            if (state->map[channel][i] > 256) return 16;
    return 8;
}

static int prepare(reader *state, uint64_t held_limit) {
    TIFF *tiff = state->tiff;
    state->band = 1;
    uint32_t tile_width = 0, rows = 1;
    if (state->is_tiled) {
        if (!TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &tile_width) || !TIFFGetField(tiff, TIFFTAG_TILELENGTH, &rows) ||
            !tile_width || !rows)
            return IMAGE_CODEC_DAMAGED;
        uint64_t row_bits = (uint64_t)tile_width * state->bits * (state->planes > 1 ? 1 : state->samples);
        // Tiles stand beside each other at whole bytes when their width is what the standard asks for.
        if (row_bits % 8) return IMAGE_CODEC_UNSUPPORTED;
        uint64_t across = ((uint64_t)state->width + tile_width - 1) / tile_width;
        state->row_bytes = (size_t)(row_bits / 8 * across);
    } else {
        // One plane is read by rows. Several are not: going back and forth between them would unpack each strip for each row.
        if (state->planes > 1 && (!TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &rows) || !rows)) return IMAGE_CODEC_DAMAGED;
        tmsize_t bytes = TIFFScanlineSize(tiff);
        if (bytes <= 0) return IMAGE_CODEC_DAMAGED;
        state->row_bytes = (size_t)bytes;
    }
    state->band = rows < state->height ? rows : state->height;
    if (state->row_bytes < ((uint64_t)state->width * state->bits * (state->planes > 1 ? 1 : state->samples) + 7) / 8)
        return IMAGE_CODEC_DAMAGED;
    if (state->band > 1 && (uint64_t)state->band * state->width > held_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    // A strip or tile is written whole, even when the picture ends in it.
    uint64_t plane = (uint64_t)state->row_bytes * rows;
    if (state->planes > 1 && !state->is_tiled) {
        tmsize_t strip = TIFFStripSize(tiff);
        if (strip <= 0) return IMAGE_CODEC_DAMAGED;
        plane = (uint64_t)strip > (uint64_t)state->row_bytes * state->band ? (uint64_t)strip : (uint64_t)state->row_bytes * state->band;
    }
    if (plane > held_limit * 8 + ((uint64_t)64 << 20)) return IMAGE_CODEC_TOO_MANY_PIXELS;
    state->plane_bytes = (size_t)plane;
    state->rows = calloc(state->planes, state->plane_bytes);
    tmsize_t tile = state->is_tiled ? TIFFTileSize(tiff) : 1;
    state->tile = tile > 0 ? malloc((size_t)tile) : NULL;
    state->pixels = malloc((size_t)state->width * 4);
    return state->rows && state->tile && state->pixels ? IMAGE_CODEC_OK : IMAGE_CODEC_NO_MEMORY;
}

static int read_tiles(reader *state, uint32_t top, uint16_t plane, uint8_t *to) {
    uint32_t width = 0, height = 0;
    TIFFGetField(state->tiff, TIFFTAG_TILEWIDTH, &width);
    TIFFGetField(state->tiff, TIFFTAG_TILELENGTH, &height);
    size_t length = (size_t)TIFFTileRowSize(state->tiff);
    uint64_t at = 0;
    for (uint64_t x = 0; x < state->width; x += width, at += length) {
        if (at + length > state->row_bytes) return IMAGE_CODEC_DAMAGED;
        uint32_t tile = TIFFComputeTile(state->tiff, (uint32_t)x, top, 0, plane);
        tmsize_t size = TIFFTileSize(state->tiff);
        if (TIFFReadEncodedTile(state->tiff, tile, state->tile, size) != size) return IMAGE_CODEC_DAMAGED;
        for (uint32_t y = 0; y < state->band && y < height; y++)
            memcpy(to + (size_t)y * state->row_bytes + at, state->tile + (size_t)y * length, length);
    }
    return IMAGE_CODEC_OK;
}

static int read_band(reader *state, uint32_t top) {
    for (uint16_t plane = 0; plane < state->planes; plane++) {
        uint8_t *to = state->rows + plane * state->plane_bytes;
        if (state->is_tiled) {
            int code = read_tiles(state, top, plane, to);
            if (code != IMAGE_CODEC_OK) return code;
        } else if (state->planes > 1) {
            if (TIFFReadEncodedStrip(state->tiff, TIFFComputeStrip(state->tiff, top, plane), to, (tmsize_t)state->plane_bytes) < 0)
                return IMAGE_CODEC_DAMAGED;
        } else if (TIFFReadScanline(state->tiff, to, top, 0) < 0) {
            return IMAGE_CODEC_DAMAGED;
        }
    }
    return IMAGE_CODEC_OK;
}

// A number of `bits`, from the highest bit of each byte downwards; whole bytes are in this machine's order.
static uint32_t raw_of(const uint8_t *row, uint64_t index, unsigned bits) {
    const uint8_t *at = row + index * bits / 8;
    uint16_t half;
    uint32_t word = 0;
    switch (bits) {
    case 8: return *at;
    case 16: memcpy(&half, at, 2); return half;
    case 32: memcpy(&word, at, 4); return word;
    // libtiff leaves three bytes in the order of the machine, too.
    case 24: return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16;
    default: break;
    }
    uint64_t start = index * bits;
    for (uint64_t bit = start; bit < start + bits; bit++) word = word << 1 | (row[bit / 8] >> (7 - bit % 8) & 1u);
    return word;
}

static double half_of(uint16_t half) {
    int exponent = half >> 10 & 31, fraction = half & 1023;
    double value = exponent == 31 ? (fraction ? NAN : INFINITY)
                   : exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return half >> 15 ? -value : value;
}

static double number_of(const reader *state, const uint8_t *row, uint64_t index) {
    double number;
    float single;
    if (state->format == SAMPLEFORMAT_IEEEFP) {
        if (state->bits == 64) {
            memcpy(&number, row + index * 8, 8);
            return number;
        }
        if (state->bits == 16) return half_of((uint16_t)raw_of(row, index, 16));
        memcpy(&single, row + index * 4, 4);
        return single;
    }
    uint32_t raw = raw_of(row, index, state->bits);
    return state->format == SAMPLEFORMAT_INT ? (double)(int32_t)raw : (double)raw;
}

// A sample as 0 to 255.
static uint8_t byte_of(const reader *state, const uint8_t *row, uint64_t index) {
    if (state->is_stretched) {
        double number = number_of(state, row, index);
        double share = (number - state->low) / (state->high - state->low);
        return !(share > 0) ? 0 : share >= 1 ? 255 : (uint8_t)(share * 255 + 0.5);
    }
    uint32_t raw = raw_of(row, index, state->bits);
    uint32_t most = state->bits == 32 ? UINT32_MAX : ((uint32_t)1 << state->bits) - 1;
    // Of numbers with a sign the least is black.
    if (state->format == SAMPLEFORMAT_INT && state->bits > 1) raw = (raw ^ (uint32_t)1 << (state->bits - 1)) & most;
    return state->bits == 8 ? (uint8_t)raw : (uint8_t)(((uint64_t)raw * 255 + most / 2) / most);
}

static double unlab(double value) { return value > 6.0 / 29 ? value * value * value : (value - 4.0 / 29) * 108 / 841; }

static uint8_t stored_light(double light) {
    double value = light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
    return !(value > 0) ? 0 : value >= 1 ? 255 : (uint8_t)(value * 255 + 0.5);
}

// CIE L*a*b* seen under D50 to sRGB, whose own light is D65 (Bradford).
static void light_of_lab(double lightness, double a, double b, uint8_t *rgba) {
    double middle = (lightness + 16) / 116;
    double x = 0.9642 * unlab(middle + a / 500), y = unlab(middle), z = 0.8249 * unlab(middle - b / 200);
    rgba[0] = stored_light(3.1338561 * x - 1.6168667 * y - 0.4906146 * z);
    rgba[1] = stored_light(-0.9787684 * x + 1.9161415 * y + 0.0334540 * z);
    rgba[2] = stored_light(0.0719453 * x - 0.2289914 * y + 1.4052427 * z);
}

static const uint8_t *row_of(const reader *state, uint32_t y, uint16_t sample) {
    return state->rows + (state->planes > 1 ? sample * state->plane_bytes : 0) + (size_t)y * state->row_bytes;
}

static uint64_t index_of(const reader *state, uint32_t x, uint16_t sample) {
    return state->planes > 1 ? x : (uint64_t)x * state->samples + sample;
}

static void lab_pixel(const reader *state, uint32_t x, uint32_t y, uint8_t *rgba) {
    double values[3];
    for (uint16_t sample = 0; sample < 3; sample++) {
        uint32_t raw = raw_of(row_of(state, y, sample), index_of(state, x, sample), state->bits);
        if (sample == 0)
            values[0] = state->bits == 8 ? raw * 100 / 255.0 : raw * 100 / (state->meaning == LAB_OF_CIE ? 65535.0 : 65280.0);
        else if (state->meaning == LAB_OF_CIE)
            values[sample] = state->bits == 8 ? (int8_t)raw : (int16_t)raw / 256.0;
        else
            values[sample] = state->bits == 8 ? raw - 128.0 : raw / 256.0 - 128;
    }
    light_of_lab(values[0], values[1], values[2], rgba);
}

static void make_row(reader *state, uint32_t y, int wants_inks) {
    uint8_t *rgba = state->pixels;
    for (uint32_t x = 0; x < state->width; x++, rgba += 4) {
        uint8_t values[4] = {0};
        if (state->meaning == PHOTOMETRIC_PALETTE) {
            uint32_t raw = raw_of(row_of(state, y, 0), index_of(state, x, 0), state->bits);
            for (int channel = 0; channel < 3; channel++)
{
                uint32_t value = state->map[channel][raw];
                values[channel] = state->map_bits == 16 ? (uint8_t)(value * 255 / 65535) : value > 255 ? 255 : (uint8_t)value;
            }
        } else if (state->meaning == LAB_OF_CIE || state->meaning == LAB_OF_ICC) {
            lab_pixel(state, x, y, values);
        } else {
            for (uint16_t sample = 0; sample < state->colours; sample++)
                values[sample] = byte_of(state, row_of(state, y, sample), index_of(state, x, sample));
            if (state->colours == 1) {
                if (state->meaning == PHOTOMETRIC_MINISWHITE) values[0] = 255 - values[0];
                values[1] = values[2] = values[0];
            }
        }
        memcpy(rgba, values, 4);
        if (state->meaning == PHOTOMETRIC_SEPARATED && wants_inks) continue;
        if (state->meaning == PHOTOMETRIC_SEPARATED) inks_to_light(rgba, 1);
        rgba[3] = state->alpha ? byte_of(state, row_of(state, y, state->alpha), index_of(state, x, state->alpha)) : 255;
        if (state->is_associated) tiff_straighten(rgba, 1);
    }
}

// The least and the greatest number of the picture; between 0 and 1 they are what they are.
static int find_range(reader *state) {
    double low = INFINITY, high = -INFINITY;
    for (uint32_t top = 0; top < state->height; top += state->band) {
        int code = read_band(state, top);
        if (code != IMAGE_CODEC_OK) break;
        for (uint32_t y = 0; y < state->band && y < state->height - top; y++)
            for (uint16_t sample = 0; sample < state->colours; sample++)
                for (uint32_t x = 0; x < state->width; x++) {
                    double number = number_of(state, row_of(state, y, sample), index_of(state, x, sample));
                    if (!isfinite(number)) continue;
                    if (number < low) low = number;
                    if (number > high) high = number;
                }
    }
    if (!(low < high)) {
        // One number everywhere, or none.
        state->low = low < INFINITY && low > 1 ? 0 : state->low;
        state->high = low < INFINITY && low > 1 ? low : state->high;
    } else if (low < 0 || high > 1 || state->format != SAMPLEFORMAT_IEEEFP) {
        state->low = low;
        state->high = high;
    }
    if (!(state->high - state->low > 0) || !isfinite(state->high - state->low)) {
        state->low = 0;
        state->high = 1;
    }
    return IMAGE_CODEC_OK;
}

static int decode(reader *state, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    int code = prepare(state, how->held_limit);
    if (code != IMAGE_CODEC_OK) return code;
    if (state->meaning == PHOTOMETRIC_PALETTE) state->map_bits = map_bits(state);
    if (state->is_stretched) code = find_range(state);
    scaler scaling;
    if (code == IMAGE_CODEC_OK)
        code = scaler_open(&scaling, state->width, state->height, width, height, rgba, how->drops_alpha);
    if (code != IMAGE_CODEC_OK) return code;
    how->holds_inks = how->wants_inks && state->meaning == PHOTOMETRIC_SEPARATED;
    scaling.is_plain = how->holds_inks;
    for (uint32_t top = 0; top < state->height && code == IMAGE_CODEC_OK; top += state->band) {
        code = read_band(state, top);
        if (code != IMAGE_CODEC_OK) break;
        for (uint32_t y = 0; y < state->band && y < state->height - top; y++) {
            make_row(state, y, how->holds_inks);
            scaler_take(&scaling, state->pixels);
        }
    }
    if (code == IMAGE_CODEC_DAMAGED && how->accepts_partial && scaler_fill(&scaling)) code = IMAGE_CODEC_OK;
    scaler_close(&scaling);
    return code;
}

int tiff_knows_samples(TIFF *tiff) {
    reader state;
    return read_fields(&state, tiff) == IMAGE_CODEC_OK;
}

int tiff_decode_samples(TIFF *tiff, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba) {
    reader state;
    int code = read_fields(&state, tiff);
    if (code == IMAGE_CODEC_OK && state.is_stretched && !how->shows_measures) code = IMAGE_CODEC_UNSUPPORTED;
    if (code == IMAGE_CODEC_OK) code = decode(&state, how, width, height, rgba);
    free(state.rows);
    free(state.tile);
    free(state.pixels);
    return code;
}
