// Not linked: few libraries hold a JPEG XL picture, so the codec loads the library when one must be decoded.
#if __has_include(<jxl/decode.h>)
#include <jxl/decode.h>
#endif
