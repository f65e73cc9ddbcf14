// The C fence around libpng, libjpeg-turbo, libwebp, libtiff, giflib, libheif, libjxl and Little CMS: a few functions, plain values, one set of
// codes.
//
// Rules that hold for all of them:
// - No longjmp leaves a function, whatever the bytes are; hostile bytes give a code.
// - Pointers passed in are read or written during the call only. Nothing is kept.
// - The only memory that a caller must free is `image_codec_buffer.bytes`, with `image_codec_free`.
// - Pixels are rows from top to bottom without padding, 8 bits a channel, red first. Alpha is straight, not premultiplied.
// - No global state: any thread may call any function at any time.
#ifndef IMAGE_CODEC_H
#define IMAGE_CODEC_H

#include <stddef.h>
#include <stdint.h>

// What a call came to.
enum {
    IMAGE_CODEC_OK = 0,
    // The bytes are no picture of a kind that we decode (PNG, JPEG, WebP, TIFF, BMP, GIF, with libheif HEIC and AVIF, with libjxl JPEG
    // XL), or use a feature that we do not.
    IMAGE_CODEC_UNSUPPORTED = 1,
    // The bytes end too early or contradict themselves.
    IMAGE_CODEC_DAMAGED = 2,
    // The picture declares more pixels than the caller allows, or than may be held at once. Nothing was decoded.
    IMAGE_CODEC_TOO_MANY_PIXELS = 3,
    // Memory ran out.
    IMAGE_CODEC_NO_MEMORY = 4,
    // Encoding: the format cannot hold a side this long (JPEG 65500, WebP 16383, PNG 1000000).
    IMAGE_CODEC_SIDE_TOO_LONG = 5,
    // A parameter makes no sense: a side of 0, a quality outside its range, 2 channels.
    IMAGE_CODEC_BAD_PARAMETER = 6,
};

// Formats that can be written.
enum {
    IMAGE_CODEC_PNG = 1,
    IMAGE_CODEC_JPEG = 2,
    IMAGE_CODEC_WEBP = 3,
};

// Reads width and height from the header, as stored. Decodes no pixel and costs microseconds.
int image_codec_measure(const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);

// Whether a decoded picture is upright already, whatever turns its file asks for: true for HEIC, AVIF and JPEG XL, whose turns are
// part of the decoding. Their measure is the size as seen, too.
int image_codec_decodes_upright(const uint8_t *bytes, size_t count);

// How to decode.
typedef struct {
    // A picture that declares more pixels than this is refused before anything is decoded.
    uint64_t pixel_limit;
    // How many pixels of it may be held at once beside the result. Rows are averaged as they come from a PNG, a JPEG of one scan, a
    // lossy WebP without alpha, the strips or tiles of a TIFF and the rows of a BMP; of an interlaced PNG each pixel is added to the
    // result where it belongs. All else needs the whole picture: a progressive JPEG, a lossless WebP or one with alpha, a TIFF of one
    // strip, BMP runs, GIF, HEIC, AVIF.
    uint64_t held_limit;
    // Take every pixel as opaque, as a reader does that throws alpha away: what was hidden under it is seen.
    int drops_alpha;
    // Convert colours to sRGB when the file says that they are others: by its ICC profile (matrices or tables, of RGB, gray or inks), or
    // by the numbers that PNG, HEIC and AVIF have for well-known ones. The rows are averaged first, so that few pixels are converted. A
    // profile that is damaged or of other colours than the picture's is ignored. Numbers that are no colours (a TIFF of floating point, or
    // of gray of 32 bits) are shown from the least, black, to the greatest, white; without this they are unsupported.
    int to_srgb;
    // Of a picture that ends too early or is damaged give what decodes, as long as that is a row at least, and gray for the rest.
    int accepts_partial;
} image_codec_decoding;

// What is told beside the pixels.
typedef struct {
    // Part of the picture is missing: gray stands there.
    int is_partial;
} image_codec_outcome;

// Decodes a still picture (of an animation the first frame on its whole screen, of a TIFF the first page) to exactly width x height RGBA pixels, averaging over
// areas; both sides must be at least 1 and no longer than the stored ones. `rgba` must have room for width * height * 4 bytes; after
// an error its content is undefined.
//
// IMAGE_CODEC_TOO_MANY_PIXELS for either limit. Memory beside the result: some rows, or 16 bytes for each of its pixels when an
// interlaced PNG is made smaller; in the other cases four to seven bytes a stored pixel, of which there are at most `held_limit`. A JPEG is
// decoded at 1/2, 1/4 or 1/8 where that is still large enough.
int image_codec_decode(const uint8_t *bytes, size_t count, image_codec_decoding how, uint32_t width, uint32_t height,
                       uint8_t *rgba, image_codec_outcome *outcome);

// Reads the alpha of the leftmost pixel of the first `rows` rows of a PNG, top down, into `alpha`: 255 where a picture has
// none. Stops decoding there. IMAGE_CODEC_UNSUPPORTED for anything but a PNG, for an interlaced one, and for one of fewer rows.
int image_codec_png_first_alpha(const uint8_t *bytes, size_t count, uint32_t rows, uint8_t *alpha);

// Resizes RGBA pixels by averaging over areas with premultiplied alpha, so that invisible pixels do not colour visible ones.
// Enlarging gives blocks. `from` and `to` must not overlap. Memory: one row of the target, in floats.
int image_codec_scale(const uint8_t *from, uint32_t from_width, uint32_t from_height, uint8_t *to, uint32_t to_width,
                      uint32_t to_height);

// Lays RGBA pixels over one colour: all become opaque.
void image_codec_flatten(uint8_t *rgba, size_t pixel_count, uint8_t red, uint8_t green, uint8_t blue);

// Bytes that a call made, owned by the caller.
typedef struct {
    uint8_t *bytes;
    size_t count;
} image_codec_buffer;

// Takes the ICC profile out of a picture, as it stands there; no bytes at all when it has none, or when we read none from its
// format. Free `output->bytes`, unless it is NULL.
int image_codec_profile(const uint8_t *bytes, size_t count, image_codec_buffer *output);

// Turns a JPEG upright from an EXIF orientation (2 to 8) without loss, and leaves out all that is not the picture but its profile.
// IMAGE_CODEC_UNSUPPORTED when its blocks do not allow that, or the file is not as it should be: then decode, turn and encode.
// Memory: the coefficients of the whole picture.
int image_codec_jpeg_turn(const uint8_t *bytes, size_t count, uint64_t pixel_limit, int orientation,
                          image_codec_buffer *output);

// A picture to encode. Equal rows need be stored once: `row_index` names the stored row of each row of the picture.
typedef struct {
    // The stored rows, each width * channels bytes, one after the other.
    const uint8_t *rows;
    // For each of the `height` rows the number of its stored row; NULL when every row is stored, in order.
    const uint32_t *row_index;
    uint32_t width;
    uint32_t height;
    // 3 for RGB, 4 for RGBA. JPEG has no alpha: an RGBA picture is laid over white.
    int channels;
} image_codec_source;

// How to encode.
typedef struct {
    // One of the three formats.
    int format;
    // JPEG and WebP: 1 to 100. WebP at 100 is lossless.
    int quality;
    // PNG: zlib's level, 0 to 9. WebP: libwebp's effort, 0 to 6. JPEG: unused.
    int effort;
    // JPEG: colour at full resolution (4:4:4) rather than half (4:2:0).
    int full_chroma;
    // PNG and JPEG of RGBA rows: do not look at their alpha, and leave it out.
    int opaque;
    // PNG and JPEG: an ICC profile to put in; NULL for none. With one of gray, pixels that are all gray are written as gray, since that is
    // what it speaks of; any other that is not of RGB is left out.
    const uint8_t *profile;
    size_t profile_count;
    // PNG: what to call it, 1 to 79 letters of Latin-1; NULL for a name that says nothing.
    const char *profile_name;
} image_codec_settings;

// Encodes a picture into a growing buffer. On success `output->bytes` belongs to the caller; on error it is NULL.
int image_codec_encode(const image_codec_source *source, image_codec_settings settings, image_codec_buffer *output);

// Frees what `image_codec_encode` gave. NULL is fine.
void image_codec_free(uint8_t *bytes);

// Draws one line of text in the system's fonts as gray coverage, `width * height` bytes, cut with an ellipsis where it is too long; `font` is
// a description such as "sans 13px". `used` is how wide the text is. Unsupported where the system draws no text.
int image_codec_letters(const char *utf8, size_t count, const char *font, uint32_t width, uint32_t height, uint8_t *coverage,
                        uint32_t *used);

#endif
