// Not linked: the library and what it needs cost every start of the program 8 ms, so the codec loads it when a HEIC or AVIF
// picture must be decoded.
#if __has_include(<libheif/heif.h>)
#include <libheif/heif.h>
#endif
