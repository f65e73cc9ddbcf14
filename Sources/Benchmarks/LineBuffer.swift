import Foundation

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Journal lines as bytes, put together without strings, so that a million runs are written in seconds.
struct LineBuffer {
    /// What has not been written to a file yet.
    private(set) var bytes: [UInt8] = []
    private var day: (number: Int64, text: [UInt8]) = (-1, [])

    mutating func text(_ text: String) { bytes.append(contentsOf: text.utf8) }

    mutating func text(_ text: [UInt8]) { bytes.append(contentsOf: text) }

    mutating func number(_ value: some BinaryInteger, digits: Int = 1) {
        let value = UInt64(value)
        var (weight, count) = (UInt64(1), 1)
        while count < digits || value / weight > 9 { (weight, count) = (weight * 10, count + 1) }
        while weight > 0 {
            bytes.append(48 + UInt8(value / weight % 10))
            weight /= 10
        }
    }

    mutating func hex(_ value: UInt64, digits: Int) {
        for place in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(place)) & 15
            bytes.append(digit < 10 ? 48 + digit : 87 + digit)
        }
    }

    /// A digest of its own for each number.
    mutating func digest(_ number: UInt64) {
        var random = SplitMix(state: number)
        for _ in 0..<4 { hex(random.next(), digits: 16) }
    }

    /// A UUID of version 7, as entries are named.
    mutating func entryID(_ milliseconds: Int64, counter: UInt64 = 0, random: UInt64) {
        let time = UInt64(milliseconds)
        hex(time >> 16, digits: 8)
        text("-")
        hex(time & 0xFFFF, digits: 4)
        text("-")
        hex(0x7000 | counter, digits: 4)
        text("-")
        hex(0x8000 | random >> 50, digits: 4)
        text("-")
        hex(random & 0xFFFF_FFFF_FFFF, digits: 12)
    }

    /// `2025-09-01T00:00:20.000Z`.
    mutating func time(_ milliseconds: Int64) {
        let (number, rest) = milliseconds.quotientAndRemainder(dividingBy: 86_400_000)
        if number != day.number {
            var (seconds, parts) = (time_t(number * 86_400), tm())
            gmtime_r(&seconds, &parts)
            let text = String(format: "%04d-%02d-%02dT", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
            day = (number, Array(text.utf8))
        }
        text(day.text)
        part(rest / 3_600_000, 2, ":")
        part(rest / 60_000 % 60, 2, ":")
        part(rest / 1000 % 60, 2, ".")
        part(rest % 1000, 3, "Z")
    }

    mutating func empty() { bytes.removeAll(keepingCapacity: true) }

    private mutating func part(_ value: Int64, _ digits: Int, _ end: String) {
        number(value, digits: digits)
        text(end)
    }
}
