import AssetModel
import Foundation

/// A moment on the clock of the person who reads it: `TZ`, or the machine's setting.
struct LocalTime {
    /// `2026-11-23 18:13`.
    let minute: String
    /// How far the clock is ahead of UTC at that moment: `+01:00`.
    let zone: String

    init(_ time: Timestamp) {
        var seconds = time_t(time.milliseconds / 1000)
        var parts = tm()
        localtime_r(&seconds, &parts)
        func padded(_ number: Int32, _ width: Int) -> String {
            let digits = String(number)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let day = [padded(parts.tm_year + 1900, 4), padded(parts.tm_mon + 1, 2), padded(parts.tm_mday, 2)]
        minute = "\(day.joined(separator: "-")) \(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2))"
        let offset = Int32(abs(parts.tm_gmtoff) / 60)
        zone = "\(parts.tm_gmtoff < 0 ? "-" : "+")\(padded(offset / 60, 2)):\(padded(offset % 60, 2))"
    }
}
