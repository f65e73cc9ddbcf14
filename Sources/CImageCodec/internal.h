// What the C files share. Nothing here is visible to Swift.
#ifndef IMAGE_CODEC_INTERNAL_H
#define IMAGE_CODEC_INTERNAL_H

#include "include/image_codec.h"

// How to decode, and what came of it.
typedef struct {
    uint64_t held_limit;
    // Give what decodes: it is tried so when the usual way found damage.
    int drops_alpha, accepts_partial;
    // Give four inks (255 is all of it) rather than light and alpha, if the picture has inks. Whether it was done.
    int wants_inks, holds_inks;
    // Numbers that are no colours (floating point, gray of 32 bits) are shown from the least to the greatest; otherwise they are unsupported.
    int shows_measures;
} decoding;

// What colours the stored numbers mean.
typedef enum { COLOUR_USUAL, COLOUR_RGB, COLOUR_GRAY, COLOUR_INKS } colour_kind;

// The way to sRGB; none for the usual colours.
typedef struct {
    colour_kind kind;
    void *transform;
} colour;

// Colours told without a profile: where white, red, green and blue stand (CIE xy), and a power; 0 for sRGB's curve, and the two of pictures
// that go beyond white.
enum { PERCEPTUAL_QUANTIZER = -1, HYBRID_LOG_GAMMA = -2 };
typedef struct {
    double points[8], gamma;
} colour_description;

// For about so many pixels. Whatever is wrong with the profile makes it usual.
void colour_open(colour *state, const uint8_t *profile, size_t count, uint64_t pixels);
void colour_open_described(colour *state, const colour_description *described, uint64_t pixels);
// The colours that numbers of ITU-T H.273 stand for; 0 for those that we do not know.
int colour_describe(colour_description *described, unsigned primaries, unsigned transfer);
void colour_convert(const colour *state, uint8_t *rgba, size_t pixels, int holds_inks);
void colour_close(colour *state);
// Inks to light without a profile: each takes its share.
void inks_to_light(uint8_t *inks, size_t pixels);

// Averages rows into a smaller (or larger) picture as they come. Memory: one target row and one accumulator, in floats; for opaque
// rows another two source rows of sums.
typedef struct {
    uint32_t from_width, from_height, to_width, to_height;
    // The next source row and the next target row.
    uint32_t from_row, to_row;
    // How much of a source row's height the current target row has taken so far, counted in source rows.
    double filled;
    // Premultiplied sums: one reduced source row, and the target row being filled.
    float *reduced, *sums;
    uint8_t *target;
    // 255 to take every pixel as opaque, else 0.
    uint8_t alpha_floor;
    // The fourth channel is one like the others, as with four inks.
    int is_plain;
    // Opaque rows that were added up but not across yet: whole rows, counted, and parts of rows; and their channels, 3 or 4.
    uint16_t *whole;
    float *parts;
    uint32_t whole_count;
    int has_parts, channels;
    // How many rows they are in all.
    double opaque_height;
} scaler;

int scaler_open(scaler *state, uint32_t from_width, uint32_t from_height, uint32_t to_width, uint32_t to_height,
                uint8_t *target, int drops_alpha);
// Takes the next source row: from_width RGBA pixels.
void scaler_take(scaler *state, const uint8_t *rgba);
// The same of pixels that are known to be opaque, of 3 or 4 channels, of which the fourth is not looked at. Always the same number.
void scaler_take_opaque(scaler *state, const uint8_t *row, int channels);
// Gives gray to all rows that did not come. Whether any came at all.
int scaler_fill(scaler *state);
void scaler_close(scaler *state);

// Averages single pixels into a smaller picture, in whatever order they come. Memory: the target in floats; none for the same size.
typedef struct {
    uint32_t from_width, from_height, to_width, to_height;
    float *sums;
    uint8_t *target;
    uint8_t alpha_floor;
} scatter;

// No target side may be longer than the source's.
int scatter_open(scatter *state, uint32_t from_width, uint32_t from_height, uint32_t to_width, uint32_t to_height,
                 uint8_t *target, int drops_alpha);
// Takes `count` RGBA pixels of row `y`, which stand at `x`, `x + step`, `x + 2 * step` and so on.
void scatter_take(scatter *state, uint32_t y, uint32_t x, uint32_t step, const uint8_t *rgba, uint32_t count);
// Fills the target, once every pixel came.
void scatter_finish(scatter *state);
// Fills it once some came, over gray.
void scatter_fill(scatter *state);
void scatter_close(scatter *state);

int png_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int png_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
               uint8_t *rgba);
// The same for the usual kinds of PNG, several times as quick; IMAGE_CODEC_UNSUPPORTED for all that it does not decode to the end.
int png_decode_quickly(const uint8_t *bytes, size_t count, const decoding *how, uint32_t width, uint32_t height, uint8_t *rgba);
int png_first_alpha(const uint8_t *bytes, size_t count, uint32_t rows, uint8_t *alpha);
// `gray`: every pixel has equal colours, of which one is written.
int png_encode(const image_codec_source *source, const image_codec_settings *settings, int gray,
                image_codec_buffer *output);
int png_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

// The colours that a PNG tells without a profile, or although it has one; 0 for none.
int png_colours(const uint8_t *bytes, size_t count, colour_description *described);

int jpeg_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int jpeg_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba);
// `gray`: every pixel has equal colours, of which one is written.
int jpeg_encode(const image_codec_source *source, const image_codec_settings *settings, int gray,
                image_codec_buffer *output);
int jpeg_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

int webp_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int webp_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba);
int webp_encode(const image_codec_source *source, int quality, int effort, image_codec_buffer *output);
int webp_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

int tiff_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int tiff_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba);
int tiff_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

int gif_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int gif_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
               uint8_t *rgba);

int bmp_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int bmp_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
               uint8_t *rgba);
int bmp_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

// The size as seen, and pixels that are upright.
int heif_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int heif_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height,
                uint8_t *rgba);
int heif_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);
// The colours that are told without a profile; 0 for none.
int heif_colours(const uint8_t *bytes, size_t count, colour_description *described);

// Of a film without a still picture a file of its first frame; IMAGE_CODEC_UNSUPPORTED when it is none.
int heif_still_of_film(const uint8_t *bytes, size_t count, image_codec_buffer *output);
// Whether all items that are made of others by turning or laying over are made of pictures, however deep.
int heif_items_are_pictures(const uint8_t *bytes, size_t count);

// The size as seen, and pixels that are upright.
int jxl_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);
int jxl_decode(const uint8_t *bytes, size_t count, decoding *how, uint32_t width, uint32_t height, uint8_t *rgba);
int jxl_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

// A copy of some bytes for the caller; none for none.
int buffer_copy(const uint8_t *bytes, size_t count, image_codec_buffer *output);

static inline const uint8_t *source_row(const image_codec_source *source, uint32_t y) {
    size_t row = source->row_index ? source->row_index[y] : y;
    return source->rows + row * source->width * (size_t)source->channels;
}

// Lays one straight-alpha channel over another colour's.
static inline uint8_t over(uint8_t value, uint8_t alpha, uint8_t ground) {
    return (uint8_t)((value * alpha + ground * (255 - alpha) + 127) / 255);
}

#endif
