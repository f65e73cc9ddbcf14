/// How one list becomes another: the shortest edit script (Myers, “An O(ND) Difference Algorithm and Its Variations”, 1986), and for
/// stretches too different for that the patience rule: what stands once in both holds, and the rest is compared between.
///
/// Cost: at most about a million steps for each stretch of 1,000 differences. A stretch that is longer and has nothing unique in common
/// counts as replaced.
struct SequenceDifference {
    /// One element of the result.
    enum Change: Hashable {
        /// At these places of both lists.
        case same(Int, Int)
        /// Only in the first, at this place.
        case removed(Int)
        /// Only in the second, at this place.
        case added(Int)
    }

    /// Every element of both lists, in order; between two that are the same, what was removed stands before what was added.
    let changes: [Change]

    /// How many differences a stretch may have to be compared element by element.
    private static let maximumCost = 1000

    init<Element: Hashable>(_ first: [Element], _ second: [Element]) {
        // Small numbers are compared faster than words.
        var numbers: [Element: Int] = [:]
        func number(_ element: Element) -> Int {
            if let known = numbers[element] { return known }
            let new = numbers.count
            numbers[element] = new
            return new
        }
        let (left, right) = (first.map(number), second.map(number))
        var partners = [Int?](repeating: nil, count: left.count)
        var pending = [(left.indices, right.indices)]
        while let (first, second) = pending.popLast() {
            pending += Self.compare(left, right, first, second, &partners)
        }
        changes = Self.changes(partners, right.count)
    }

    private static func changes(_ partners: [Int?], _ count: Int) -> [Change] {
        var changes: [Change] = []
        var next = 0
        var removed: [Change] = []
        for (place, partner) in partners.enumerated() {
            guard let partner else {
                removed.append(.removed(place))
                continue
            }
            changes += removed + (next..<partner).map(Change.added)
            changes.append(.same(place, partner))
            (removed, next) = ([], partner + 1)
        }
        return changes + removed + (next..<count).map(Change.added)
    }

    /// Finds partners within a stretch of both lists; what it returns is still to be compared.
    private static func compare(
        _ left: [Int], _ right: [Int], _ first: Range<Int>, _ second: Range<Int>, _ partners: inout [Int?]
    ) -> [(Range<Int>, Range<Int>)] {
        var (from, other) = (first.lowerBound, second.lowerBound)
        var (end, otherEnd) = (first.upperBound, second.upperBound)
        while from < end, other < otherEnd, left[from] == right[other] {
            partners[from] = other
            (from, other) = (from + 1, other + 1)
        }
        while from < end, other < otherEnd, left[end - 1] == right[otherEnd - 1] {
            (end, otherEnd) = (end - 1, otherEnd - 1)
            partners[end] = otherEnd
        }
        guard from < end, other < otherEnd else { return [] }
        if let pairs = shortestScript(left, right, from..<end, other..<otherEnd) {
            for (place, partner) in pairs { partners[place] = partner }
            return []
        }
        var stretches: [(Range<Int>, Range<Int>)] = []
        for (place, partner) in anchors(left, right, from..<end, other..<otherEnd) {
            partners[place] = partner
            stretches.append((from..<place, other..<partner))
            (from, other) = (place + 1, partner + 1)
        }
        if !stretches.isEmpty { stretches.append((from..<end, other..<otherEnd)) }
        return stretches
    }

    /// The pairs of the shortest edit script; nil when it has more than `maximumCost` edits.
    private static func shortestScript(
        _ left: [Int], _ right: [Int], _ first: Range<Int>, _ second: Range<Int>
    ) -> [(Int, Int)]? {
        let (width, height) = (first.count, second.count)
        let most = min(width + height, maximumCost)
        // For each diagonal, how far along the first list the best path has come; and a copy for every number of edits.
        var reach = [Int](repeating: 0, count: 2 * most + 3)
        var steps: [[Int]] = []
        for cost in 0...most {
            steps.append(Array(reach[(most + 1 - cost)...(most + 1 + cost)]))
            for diagonal in stride(from: -cost, through: cost, by: 2) {
                let place = most + 1 + diagonal
                let isDown = diagonal == -cost || diagonal != cost && reach[place - 1] < reach[place + 1]
                var x = isDown ? reach[place + 1] : reach[place - 1] + 1
                if cost == 0 { x = 0 }
                var y = x - diagonal
                guard x <= width, y <= height else {
                    reach[place] = x
                    continue
                }
                while x < width, y < height, left[first.lowerBound + x] == right[second.lowerBound + y] {
                    (x, y) = (x + 1, y + 1)
                }
                reach[place] = x
                if x == width, y == height { return pairs(steps, first, second) }
            }
        }
        return nil
    }

    /// Goes back along the best path.
    private static func pairs(_ steps: [[Int]], _ first: Range<Int>, _ second: Range<Int>) -> [(Int, Int)] {
        var pairs: [(Int, Int)] = []
        var (x, y) = (first.count, second.count)
        for cost in stride(from: steps.count - 1, through: 1, by: -1) {
            // What the diagonals had reached before this edit; the middle one is at `cost`.
            let reach = steps[cost]
            let diagonal = x - y
            func reached(_ diagonal: Int) -> Int { reach[cost + diagonal] }
            let isDown = diagonal == -cost || diagonal != cost && reached(diagonal - 1) < reached(diagonal + 1)
            let before = isDown ? diagonal + 1 : diagonal - 1
            let start = isDown ? reached(before) : reached(before) + 1
            while x > start {
                (x, y) = (x - 1, y - 1)
                pairs.append((first.lowerBound + x, second.lowerBound + y))
            }
            (x, y) = (reached(before), reached(before) - before)
        }
        while x > 0, y > 0 {
            (x, y) = (x - 1, y - 1)
            pairs.append((first.lowerBound + x, second.lowerBound + y))
        }
        return pairs
    }

    /// Elements that stand once in both stretches, as many as keep their order.
    private static func anchors(
        _ left: [Int], _ right: [Int], _ first: Range<Int>, _ second: Range<Int>
    ) -> [(Int, Int)] {
        // Where an element stands; -1 when more than once.
        func places(_ list: [Int], _ range: Range<Int>) -> [Int: Int] {
            var places: [Int: Int] = [:]
            for place in range { places[list[place]] = places[list[place]] == nil ? place : -1 }
            return places
        }
        let (once, otherOnce) = (places(left, first), places(right, second))
        let pairs = first.compactMap { place -> (Int, Int)? in
            guard once[left[place]] == place, let partner = otherOnce[left[place]], partner >= 0 else { return nil }
            return (place, partner)
        }
        return increasing(pairs.map(\.1)).map { pairs[$0] }
    }

    /// The places of a longest increasing part of a list of different numbers.
    static func increasing(_ numbers: [Int]) -> [Int] {
        // The place of the smallest number that ends an increasing part of each length, and what stands before each place.
        var ends: [Int] = []
        var before = [Int?](repeating: nil, count: numbers.count)
        for (place, number) in numbers.enumerated() {
            var (low, high) = (0, ends.count)
            while low < high {
                let middle = (low + high) / 2
                if numbers[ends[middle]] < number { low = middle + 1 } else { high = middle }
            }
            before[place] = low > 0 ? ends[low - 1] : nil
            if low == ends.count { ends.append(place) } else { ends[low] = place }
        }
        var part: [Int] = []
        var place = ends.last
        while let current = place {
            part.append(current)
            place = before[current]
        }
        return part.reversed()
    }
}
