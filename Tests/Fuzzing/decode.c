// Bytes that no one would think of, for the decoders; `Tests/Fuzzing/decode` builds and starts it.
#include <stdlib.h>

#include "image_codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t count) {
    // Few pixels, or what is found is only that a large picture takes long.
    enum { MOST_PIXELS = 1 << 18 };
    uint32_t width, height;
    if (image_codec_measure(bytes, count, &width, &height) != IMAGE_CODEC_OK) return 0;
    image_codec_buffer profile;
    if (image_codec_profile(bytes, count, &profile) == IMAGE_CODEC_OK) image_codec_free(profile.bytes);
    if ((uint64_t)width * height > MOST_PIXELS) return 0;
    // As large as it is with its own numbers, and a third of that with all that can be asked for.
    for (int is_small = 0; is_small < 2; is_small++) {
        uint32_t across = is_small ? (width + 2) / 3 : width, down = is_small ? (height + 2) / 3 : height;
        image_codec_decoding how = {MOST_PIXELS, MOST_PIXELS, 0, is_small, is_small};
        image_codec_outcome outcome;
        uint8_t *pixels = malloc((size_t)across * down * 4);
        if (pixels && image_codec_decode(bytes, count, how, across, down, pixels, &outcome) == IMAGE_CODEC_OK) {
            // Every byte of the result must have been written.
            unsigned sum = 0;
            for (size_t i = 0; i < (size_t)across * down * 4; i++) sum += pixels[i];
            if (sum == 1) abort();
        }
        free(pixels);
    }
    return 0;
}
