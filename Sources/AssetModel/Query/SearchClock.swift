/// When and where a query is read: what `yesterday` means, and in whose time zone a day begins.
public struct SearchClock: Sendable {
    /// Now; nil when there is no clock, and then days that count from today are not understood.
    public var now: Timestamp?
    /// By how many seconds the person's clock is ahead of UTC at a moment.
    public var secondsAheadOfUTC: @Sendable (Timestamp) -> Int64

    /// No clock, and days in UTC.
    public static let utc = SearchClock(now: nil) { _ in 0 }

    /// A clock.
    public init(now: Timestamp?, secondsAheadOfUTC: @escaping @Sendable (Timestamp) -> Int64) {
        self.now = now
        self.secondsAheadOfUTC = secondsAheadOfUTC
    }

    /// What to say of a date that is none.
    static let refusal = "use a date such as 2026-03, 2026-03-14, yesterday or 7d"

    /// From when to when a date goes; without an end, until now. Nil for what is no date, such as 30 February.
    ///
    /// `2026`, `2026-03`, `2026-03-14`, `2026-03-14T09`, `…:30`, `…:00`; `today`, `yesterday`; `12h`, `7d`, `2w`, `3m`, `1y` before
    /// now; and a moment in UTC as `Timestamp` writes it.
    package func period(_ text: String) -> (start: Timestamp, end: Timestamp?)? {
        if let moment = Timestamp(parsing: text) { return (moment, moment) }
        let word = text.lowercased()
        if let now {
            let today = local(now).days
            switch word {
            case "today": return (moment(days: today), moment(days: today + 1))
            case "yesterday": return (moment(days: today - 1), moment(days: today))
            default: if let start = before(now, word) { return (start, nil) }
            }
        }
        return civil(word)
    }

    private static let day: Int64 = 86_400_000

    /// The clock of the person at a moment: days since 1970, and milliseconds into the day.
    private func local(_ moment: Timestamp) -> (days: Int64, rest: Int64) {
        let shown = moment.adding(seconds: secondsAheadOfUTC(moment)).milliseconds
        let (days, rest) = shown.flooredDivision(by: Self.day)
        return (days, rest)
    }

    /// The moment at which the person's clock shows a time. What is shown twice, when clocks go back, is the second of the two; what is never
    /// shown, when they go forward, is an hour later.
    private func moment(days: Int64, milliseconds: Int64 = 0) -> Timestamp {
        let shown = Timestamp(milliseconds: days * Self.day + milliseconds)
        let guess = shown.adding(seconds: -secondsAheadOfUTC(shown))
        return shown.adding(seconds: -secondsAheadOfUTC(guess))
    }

    private func before(_ now: Timestamp, _ word: String) -> Timestamp? {
        guard let unit = word.last, let count = Int64(word.dropLast()), 0...9999 ~= count,
            word.dropLast().allSatisfy(\.isWholeNumber)
        else { return nil }
        let (days, rest) = local(now)
        switch unit {
        case "h": return now.adding(seconds: -3600 * count)
        case "d": return moment(days: days - count, milliseconds: rest)
        case "w": return moment(days: days - 7 * count, milliseconds: rest)
        case "m": return moment(days: Self.days(days, monthsEarlier: count), milliseconds: rest)
        case "y": return moment(days: Self.days(days, monthsEarlier: 12 * count), milliseconds: rest)
        default: return nil
        }
    }

    /// The same day of an earlier month, or the last one of it.
    private static func days(_ days: Int64, monthsEarlier count: Int64) -> Int64 {
        let (year, month, day) = Timestamp.civil(days: days)
        let (earlierYear, earlierMonth) = (year * 12 + month - 1 - count).flooredDivision(by: 12)
        let first = Timestamp.days(year: earlierYear, month: earlierMonth + 1, day: 1)
        let next = Timestamp.days(
            year: earlierMonth == 11 ? earlierYear + 1 : earlierYear, month: (earlierMonth + 1) % 12 + 1, day: 1)
        return min(first + day, next) - 1
    }

    private func civil(_ word: String) -> (start: Timestamp, end: Timestamp?)? {
        let halves = word.split(separator: "t", omittingEmptySubsequences: false)
        guard halves.count <= 2 else { return nil }
        let parts = halves[0].split(separator: "-", omittingEmptySubsequences: false)
        let clock = halves.count == 2 ? halves[1].split(separator: ":", omittingEmptySubsequences: false) : []
        guard (1...3).contains(parts.count), clock.count <= 3, clock.isEmpty || parts.count == 3,
            zip(parts, [4, 2, 2]).allSatisfy({ $0.count == $1 }), clock.allSatisfy({ $0.count == 2 })
        else { return nil }
        let texts = parts + clock
        let numbers = texts.compactMap { $0.allSatisfy { $0.isASCII && $0.isNumber } ? Int64($0) : nil }
        guard numbers.count == texts.count else { return nil }
        func number(_ index: Int, _ usual: Int64) -> Int64 { index < numbers.count ? numbers[index] : usual }
        let (year, month, day) = (number(0, 1970), number(1, 1), number(2, 1))
        let (hour, minute, second) = (number(3, 0), number(4, 0), number(5, 0))
        let days = Timestamp.days(year: year, month: month, day: day)
        // The count of days turns 30 February into March; that is not what was asked for.
        guard year >= 1970, 1...12 ~= month, Timestamp.civil(days: days) == (year, month, day), hour < 24, minute < 60,
            second < 60
        else { return nil }
        let start = moment(days: days, milliseconds: ((hour * 60 + minute) * 60 + second) * 1000)
        switch numbers.count {
        case 1: return (start, moment(days: Timestamp.days(year: year + 1, month: 1, day: 1)))
        case 2:
            let next = Timestamp.days(year: month == 12 ? year + 1 : year, month: month % 12 + 1, day: 1)
            return (start, moment(days: next))
        case 3: return (start, moment(days: days + 1))
        case 4: return (start, start.adding(seconds: 3600))
        case 5: return (start, start.adding(seconds: 60))
        default: return (start, start.adding(seconds: 1))
        }
    }
}
