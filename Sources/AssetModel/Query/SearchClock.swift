public import Foundation

/// When and where a query is read: what `yesterday` means, and in whose time zone a day begins.
public struct SearchClock: Hashable, Sendable {
    /// Now; nil when there is no clock, and then days that count from today are not understood.
    public var now: Timestamp?
    /// The time zone of the person.
    public var timeZone: TimeZone

    /// No clock, and days in UTC.
    public static let utc = SearchClock(now: nil, timeZone: .gmt)

    /// A clock.
    public init(now: Timestamp?, timeZone: TimeZone) {
        self.now = now
        self.timeZone = timeZone
    }

    /// What to say of a date that is none.
    var refusal: String { "use a date such as 2026-03, 2026-03-14, yesterday or 7d" }

    /// From when to when a date goes; without an end, until now. Nil for what is no date, such as 30 February.
    ///
    /// `2026`, `2026-03`, `2026-03-14`, `2026-03-14T09`, `…:30`, `…:00`; `today`, `yesterday`; `12h`, `7d`, `2w`, `3m`, `1y` before
    /// now; and a moment in UTC as `Timestamp` writes it.
    func period(_ text: String) -> (start: Timestamp, end: Timestamp?)? {
        if let moment = Timestamp(parsing: text) { return (moment, moment) }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = timeZone
        let word = text.lowercased()
        if let now {
            let date = Date(timeIntervalSince1970: Double(now.milliseconds) / 1000)
            switch word {
            case "today": return day(calendar.startOfDay(for: date), calendar)
            case "yesterday":
                return calendar.date(byAdding: .day, value: -1, to: calendar.startOfDay(for: date))
                    .map { day($0, calendar) }
            default:
                if let start = before(date, word, calendar) { return (start, nil) }
            }
        }
        return civil(word, calendar)
    }

    private func day(_ start: Date, _ calendar: Calendar) -> (start: Timestamp, end: Timestamp?) {
        let end = calendar.date(byAdding: .day, value: 1, to: start) ?? start
        return (Self.timestamp(start), Self.timestamp(end))
    }

    private func before(_ now: Date, _ word: String, _ calendar: Calendar) -> Timestamp? {
        let units: [Character: Calendar.Component] = ["h": .hour, "d": .day, "w": .weekOfYear, "m": .month, "y": .year]
        guard let unit = word.last.flatMap({ units[$0] }), let count = Int(word.dropLast()), 0...9999 ~= count,
            word.dropLast().allSatisfy(\.isWholeNumber)
        else { return nil }
        return calendar.date(byAdding: unit, value: -count, to: now).map(Self.timestamp)
    }

    private func civil(_ word: String, _ calendar: Calendar) -> (start: Timestamp, end: Timestamp?)? {
        let halves = word.split(separator: "t", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let parts = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        let clock = halves.count == 2 ? halves[1].split(separator: ":", omittingEmptySubsequences: false) : []
        let widths = [4, 2, 2]
        guard (1...3).contains(parts.count), clock.count <= 3, clock.isEmpty || parts.count == 3,
            zip(parts, widths).allSatisfy({ $0.count == $1 }), clock.allSatisfy({ $0.count == 2 })
        else { return nil }
        let texts = parts + clock
        let numbers = texts.compactMap { $0.allSatisfy { $0.isASCII && $0.isNumber } ? Int($0) : nil }
        guard numbers.count == texts.count, numbers[0] >= 1970 else { return nil }
        func number(_ index: Int, _ usual: Int) -> Int { index < numbers.count ? numbers[index] : usual }
        var components = DateComponents()
        (components.year, components.month, components.day) = (number(0, 1970), number(1, 1), number(2, 1))
        (components.hour, components.minute, components.second) = (number(3, 0), number(4, 0), number(5, 0))
        // A calendar turns 30 February into March; that is not what was asked for.
        guard (1...12).contains(number(1, 1)), number(3, 0) < 24, number(4, 0) < 60, number(5, 0) < 60,
            let start = calendar.date(from: components),
            calendar.component(.day, from: start) == number(2, 1),
            calendar.component(.month, from: start) == number(1, 1)
        else { return nil }
        let length: Calendar.Component = [.year, .month, .day, .hour, .minute, .second][numbers.count - 1]
        guard let end = calendar.date(byAdding: length, value: 1, to: start) else { return nil }
        return (Self.timestamp(start), Self.timestamp(end))
    }

    private static func timestamp(_ date: Date) -> Timestamp { Timestamp(secondsSince1970: date.timeIntervalSince1970) }
}
