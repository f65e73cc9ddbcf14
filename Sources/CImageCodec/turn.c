// Turning a JPEG without decoding it to pixels: libjpeg-turbo's transform moves whole blocks of coefficients. It can when the
// edges that would come to lie inside are whole blocks; nothing is ever trimmed.
#include <stdlib.h>
#include <string.h>
#include <turbojpeg.h>

#include "internal.h"

// The move for each EXIF orientation, 2 to 8.
static const int moves[9] = {TJXOP_NONE,      TJXOP_NONE,  TJXOP_HFLIP,      TJXOP_ROT180, TJXOP_VFLIP,
                             TJXOP_TRANSPOSE, TJXOP_ROT90, TJXOP_TRANSVERSE, TJXOP_ROT270};

enum { SEGMENT_ROOM = 65533 - 14 };

// Writes the turned bytes with the profile behind the first marker, in as many APP2 segments as it needs (ICC.1, annex B.4).
static int with_profile(const uint8_t *turned, size_t count, const uint8_t *profile, size_t profile_count,
                        image_codec_buffer *output) {
    size_t segments = (profile_count + SEGMENT_ROOM - 1) / SEGMENT_ROOM;
    if (segments > 255) return IMAGE_CODEC_DAMAGED;
    // Behind the start of the picture, and behind the JFIF segment that must come first.
    size_t head = 2;
    if (count > 6 && turned[2] == 0xFF && turned[3] == 0xE0) head += 2 + (size_t)(turned[4] << 8 | turned[5]);
    if (head > count) return IMAGE_CODEC_DAMAGED;
    uint8_t *bytes = malloc(count + profile_count + segments * 18);
    if (!bytes) return IMAGE_CODEC_NO_MEMORY;
    uint8_t *at = bytes;
    memcpy(at, turned, head);
    at += head;
    for (size_t i = 0; i < segments; i++) {
        size_t start = i * SEGMENT_ROOM, rest = profile_count - start;
        size_t part = rest < SEGMENT_ROOM ? rest : SEGMENT_ROOM, length = part + 16;
        *at++ = 0xFF;
        *at++ = 0xE2;
        *at++ = (uint8_t)(length >> 8);
        *at++ = (uint8_t)length;
        memcpy(at, "ICC_PROFILE", 12);
        at += 12;
        *at++ = (uint8_t)(i + 1);
        *at++ = (uint8_t)segments;
        memcpy(at, profile + start, part);
        at += part;
    }
    memcpy(at, turned + head, count - head);
    output->count = (size_t)(at - bytes) + count - head;
    output->bytes = bytes;
    return IMAGE_CODEC_OK;
}

int image_codec_jpeg_turn(const uint8_t *bytes, size_t count, uint64_t pixel_limit, int orientation,
                          image_codec_buffer *output) {
    *output = (image_codec_buffer){0};
    if (orientation < 2 || orientation > 8) return IMAGE_CODEC_BAD_PARAMETER;
    uint32_t width = 0, height = 0;
    if (count < 3 || bytes[0] != 0xFF || bytes[1] != 0xD8 || bytes[2] != 0xFF) return IMAGE_CODEC_UNSUPPORTED;
    int code = jpeg_measure(bytes, count, &width, &height);
    if (code != IMAGE_CODEC_OK) return code;
    if ((uint64_t)width * height > pixel_limit) return IMAGE_CODEC_TOO_MANY_PIXELS;
    image_codec_buffer profile = {0};
    code = jpeg_profile(bytes, count, &profile);
    if (code != IMAGE_CODEC_OK) return code;
    tjhandle handle = tjInitTransform();
    if (!handle) {
        free(profile.bytes);
        return IMAGE_CODEC_NO_MEMORY;
    }
    // Nothing but the picture: where it was taken, and by what, stays at home. The profile is put back, since colours would
    // change without it.
    tjtransform move = {.op = moves[orientation], .options = TJXOPT_PERFECT | TJXOPT_COPYNONE};
    unsigned char *turned = NULL;
    unsigned long turned_count = 0;
    int failed = tjTransform(handle, bytes, (unsigned long)count, 1, &turned, &turned_count, &move,
                             TJFLAG_STOPONWARNING | TJFLAG_LIMITSCANS);
    // Whatever the reason, decoding and encoding again is the other way, and tells what is wrong with the file.
    code = failed ? IMAGE_CODEC_UNSUPPORTED
           : profile.count ? with_profile(turned, turned_count, profile.bytes, profile.count, output)
                           : buffer_copy(turned, turned_count, output);
    tjFree(turned);
    tjDestroy(handle);
    free(profile.bytes);
    return code;
}
