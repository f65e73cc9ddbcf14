// Colours to sRGB, through Little CMS. A profile comes from outside: one that cannot be read, or that does not fit the pixels, is
// ignored, since a picture in slightly wrong colours is better than none.
#include <lcms2.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

// Real profiles have up to about 4 MB, those of printers with many tables.
enum { LONGEST_PROFILE = 32 << 20, FEW_PIXELS = 1 << 16 };

// IEC 61966-2-1: the stored value, between 0 and 1, for light between 0 and 1.
static double value_of(double light) {
    return light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055;
}

// Whether a curve is sRGB's, to less than what two of 255 steps make.
static int is_usual_curve(const cmsToneCurve *curve) {
    if (!curve) return 0;
    for (int i = 0; i <= 32; i++) {
        double value = i / 32.0, light = cmsEvalToneCurveFloat(curve, (cmsFloat32Number)value);
        if (fabs(value_of(light < 0 ? 0 : light) - value) > 0.006) return 0;
    }
    return 1;
}

static int is_near(const cmsCIEXYZ *found, double x, double y, double z) {
    return found && fabs(found->X - x) < 0.003 && fabs(found->Y - y) < 0.003 && fabs(found->Z - z) < 0.003;
}

// Whether converting would change next to nothing. The primaries are sRGB's, adapted to the light of profiles, D50.
static int is_srgb(cmsHPROFILE profile) {
    return cmsIsMatrixShaper(profile) && !cmsIsTag(profile, cmsSigAToB0Tag) &&
           is_near(cmsReadTag(profile, cmsSigRedColorantTag), 0.43607, 0.22249, 0.01392) &&
           is_near(cmsReadTag(profile, cmsSigGreenColorantTag), 0.38515, 0.71687, 0.09708) &&
           is_near(cmsReadTag(profile, cmsSigBlueColorantTag), 0.14307, 0.06061, 0.71410) &&
           is_usual_curve(cmsReadTag(profile, cmsSigRedTRCTag)) &&
           is_usual_curve(cmsReadTag(profile, cmsSigGreenTRCTag)) &&
           is_usual_curve(cmsReadTag(profile, cmsSigBlueTRCTag));
}

static void open_transform(colour *state, cmsHPROFILE from, uint64_t pixels) {
    cmsUInt32Number format = state->kind == COLOUR_INKS ? TYPE_CMYK_8 : state->kind == COLOUR_GRAY ? TYPE_GRAY_8 : TYPE_RGBA_8;
    cmsUInt32Number target_format = state->kind == COLOUR_RGB ? TYPE_RGBA_8 : TYPE_RGB_8;
    // A table of the whole way costs 20 ms for inks, and is worth it when it is used more often than it has entries.
    cmsUInt32Number flags = state->kind == COLOUR_INKS && pixels < FEW_PIXELS ? cmsFLAGS_NOOPTIMIZE : 0;
    if (state->kind == COLOUR_RGB) flags |= cmsFLAGS_COPY_ALPHA;
    cmsHPROFILE target = cmsCreate_sRGBProfile();
    if (target) state->transform = cmsCreateTransform(from, format, target, target_format, INTENT_PERCEPTUAL, flags);
    if (target) cmsCloseProfile(target);
    if (!state->transform) state->kind = COLOUR_USUAL;
}

static void open_with(colour *state, cmsHPROFILE from, uint64_t pixels) {
    switch (cmsGetColorSpace(from)) {
    case cmsSigRgbData: state->kind = is_srgb(from) ? COLOUR_USUAL : COLOUR_RGB; break;
    case cmsSigGrayData:
        state->kind = is_usual_curve(cmsReadTag(from, cmsSigGrayTRCTag)) ? COLOUR_USUAL : COLOUR_GRAY;
        break;
    case cmsSigCmykData: state->kind = COLOUR_INKS; break;
    default: break;
    }
    if (state->kind != COLOUR_USUAL) open_transform(state, from, pixels);
}

void colour_open(colour *state, const uint8_t *profile, size_t count, uint64_t pixels) {
    *state = (colour){.kind = COLOUR_USUAL};
    if (count < 128 || count > LONGEST_PROFILE) return;
    cmsHPROFILE from = cmsOpenProfileFromMem(profile, (cmsUInt32Number)count);
    if (!from) return;
    open_with(state, from, pixels);
    cmsCloseProfile(from);
}

// Light beyond white has no place in sRGB: up to half of white all stays as it is, and the rest is pressed together below white. White is
// at 203 cd/m² (ITU-R BT.2408); the curves are those of BT.2100, tables 4 and 5, for a display of 1,000.
static cmsToneCurve *bright_curve(double kind) {
    enum { COUNT = 1024 };
    cmsFloat32Number table[COUNT];
    for (int i = 0; i < COUNT; i++) {
        double value = i / (COUNT - 1.0), light;
        if (kind == PERCEPTUAL_QUANTIZER) {
            double root = pow(value, 1 / 78.84375), above = root - 0.8359375;
            light = 10000 * pow((above > 0 ? above : 0) / (18.8515625 - 18.6875 * root), 1 / 0.1593017578125);
        } else {
            double scene = value <= 0.5 ? value * value / 3 : (exp((value - 0.55991073) / 0.17883277) + 0.28466892) / 12;
            light = 1000 * pow(scene, 1.2);
        }
        light /= 203;
        table[i] = (cmsFloat32Number)(light <= 0.5 ? light : 1 - 0.25 / light);
    }
    return cmsBuildTabulatedToneCurveFloat(NULL, COUNT, table);
}

void colour_open_described(colour *state, const colour_description *described, uint64_t pixels) {
    *state = (colour){.kind = COLOUR_USUAL};
    const double *at = described->points;
    cmsCIExyY white = {at[0], at[1], 1};
    cmsCIExyYTRIPLE primaries = {{at[2], at[3], 1}, {at[4], at[5], 1}, {at[6], at[7], 1}};
    for (int i = 0; i < 8; i += 2)
        if (!(at[i] >= 0 && at[i] <= 1 && at[i + 1] > 0.0001 && at[i + 1] <= 1)) return;
    cmsFloat64Number usual[5] = {2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045};
    int is_bright = described->gamma == PERCEPTUAL_QUANTIZER || described->gamma == HYBRID_LOG_GAMMA;
    if (!is_bright && described->gamma != 0 && !(described->gamma >= 0.1 && described->gamma <= 10)) return;
    cmsToneCurve *curve = is_bright               ? bright_curve(described->gamma)
                          : described->gamma == 0 ? cmsBuildParametricToneCurve(NULL, 4, usual)
                                                  : cmsBuildGamma(NULL, described->gamma);
    if (!curve) return;
    cmsToneCurve *curves[3] = {curve, curve, curve};
    cmsHPROFILE from = cmsCreateRGBProfile(&white, &primaries, curves);
    cmsFreeToneCurve(curve);
    if (!from) return;
    open_with(state, from, pixels);
    cmsCloseProfile(from);
}

int colour_describe(colour_description *described, unsigned primaries, unsigned transfer) {
    // ITU-T H.273, tables 2 and 3: white, red, green, blue.
    static const double bt709[8] = {0.3127, 0.3290, 0.64, 0.33, 0.30, 0.60, 0.15, 0.06},
                        bt2020[8] = {0.3127, 0.3290, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046},
                        p3[8] = {0.3127, 0.3290, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060};
    const double *points;
    switch (primaries) {
    case 1: points = bt709; break;
    case 9: points = bt2020; break;
    case 12: points = p3; break;
    default: return 0;
    }
    memcpy(described->points, points, sizeof bt709);
    switch (transfer) {
    // The curves of cameras: viewers show them as they show sRGB's, which is what their makers see.
    case 1: case 6: case 13: case 14: case 15: described->gamma = 0; return 1;
    case 4: described->gamma = 2.2; return 1;
    case 5: described->gamma = 2.8; return 1;
    case 8: described->gamma = 1; return 1;
    case 16: described->gamma = PERCEPTUAL_QUANTIZER; return 1;
    case 18: described->gamma = HYBRID_LOG_GAMMA; return 1;
    default: return 0;
    }
}

static int is_gray(const uint8_t *rgba, size_t pixels) {
    for (size_t i = 0; i < pixels; i++, rgba += 4)
        if (rgba[0] != rgba[1] || rgba[0] != rgba[2]) return 0;
    return 1;
}

void inks_to_light(uint8_t *inks, size_t pixels) {
    for (size_t i = 0; i < pixels; i++, inks += 4) {
        for (int channel = 0; channel < 3; channel++)
            inks[channel] = (uint8_t)(((255 - inks[channel]) * (255 - inks[3]) + 127) / 255);
        inks[3] = 255;
    }
}

// Through a row of its own, since the two sides have different lengths of pixels.
static void convert_rows(const colour *state, uint8_t *rgba, size_t pixels) {
    enum { PIECE = 1024 };
    uint8_t from[PIECE * 4], to[PIECE * 3];
    for (size_t start = 0; start < pixels; start += PIECE) {
        size_t count = pixels - start < PIECE ? pixels - start : PIECE;
        uint8_t *pixel = rgba + start * 4;
        if (state->kind == COLOUR_INKS) memcpy(from, pixel, count * 4);
        for (size_t i = 0; state->kind == COLOUR_GRAY && i < count; i++) from[i] = pixel[i * 4];
        cmsDoTransform(state->transform, from, to, (cmsUInt32Number)count);
        for (size_t i = 0; i < count; i++, pixel += 4) {
            memcpy(pixel, to + i * 3, 3);
            if (state->kind == COLOUR_INKS) pixel[3] = 255;
        }
    }
}

void colour_convert(const colour *state, uint8_t *rgba, size_t pixels, int holds_inks) {
    if (holds_inks && state->kind != COLOUR_INKS) {
        inks_to_light(rgba, pixels);
        return;
    }
    switch (state->kind) {
    case COLOUR_RGB:
        for (size_t start = 0; start < pixels; start += 1 << 20) {
            size_t count = pixels - start < 1 << 20 ? pixels - start : 1 << 20;
            cmsDoTransform(state->transform, rgba + start * 4, rgba + start * 4, (cmsUInt32Number)count);
        }
        break;
    // A profile of gray beside pixels of colours is someone's mistake.
    case COLOUR_GRAY:
        if (is_gray(rgba, pixels)) convert_rows(state, rgba, pixels);
        break;
    case COLOUR_INKS:
        if (holds_inks) convert_rows(state, rgba, pixels);
        break;
    default: break;
    }
}

void colour_close(colour *state) {
    if (state->transform) cmsDeleteTransform(state->transform);
    state->transform = NULL;
}
