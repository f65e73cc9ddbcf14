import AssetLibrary
import AssetModel
import LibraryJSON

/// A lineage as a tree for a terminal.
struct LineageText {
    /// The tree, a line for each picture and run.
    private(set) var lines: [String] = []

    private let lineage: Lineage
    private let extent: Lineage.Extent
    /// Whether branches were left out because there are too many, and because they lie too deep.
    private var (isCutInWidth, isCutInDepth) = (false, false)

    init(_ lineage: Lineage, _ extent: Lineage.Extent) {
        self.lineage = lineage
        self.extent = extent
        let isRun = if case .run = lineage.root { true } else { false }
        if lineage.up[lineage.root] != nil {
            lines.append(isRun ? "references" : "made by")
            append(lineage.up)
        }
        lines.append("* " + words(lineage.root))
        if lineage.down[lineage.root] != nil {
            lines.append(isRun ? "images" : "used by")
            append(lineage.down)
        } else if extent.down {
            lines.append(isRun ? "no images" : "used by no run")
        }
    }

    /// What to say when something was left out; nil when nothing was.
    var remark: String? {
        let ways =
            (isCutInWidth ? ["--width shows more of each list"] : [])
            + (isCutInDepth ? ["--depth goes deeper"] : [])
        return ways.isEmpty ? nil : ways.joined(separator: ", ")
    }

    // MARK: - The tree

    /// One line that is still to be written, and what stands before it.
    private enum Pending {
        case link(Lineage.Link, from: Lineage.Subject, indent: String, isLast: Bool)
        case omitted(Int, indent: String, isDeep: Bool)
    }

    /// With a stack of its own: a lineage can be deeper than calls should be.
    private mutating func append(_ branches: [Lineage.Subject: Lineage.Branches]) {
        var expanded: Set<Lineage.Subject> = [lineage.root]
        var pending = Self.pending(lineage.root, branches, indent: "  ")
        while let next = pending.popLast() {
            switch next {
            case .omitted(let count, let indent, let isDeep):
                if isDeep { isCutInDepth = true } else { isCutInWidth = true }
                lines.append(
                    indent + "└── " + (isDeep ? "\(Self.grouped(count)) deeper" : "and \(Self.grouped(count)) more"))
            case .link(let link, let origin, let indent, let isLast):
                let subject = link.other(than: origin)
                var line = indent + (isLast ? "└── " : "├── ")
                if case .asset = subject { line += "\(link.position + 1). " }
                line += words(subject)
                if case .run = subject, link.role == .output, let step = lineage.steps[link.run], step.outputCount > 1 {
                    line += "  image \(link.position + 1) of \(step.outputCount)"
                }
                let hasBranches = branches[subject] != nil
                let isNew = expanded.insert(subject).inserted
                if !isNew, subject == lineage.root { line += "  (the one asked for)" }
                if !isNew, subject != lineage.root, hasBranches { line += "  (shown above)" }
                lines.append(line)
                if isNew { pending += Self.pending(subject, branches, indent: indent + (isLast ? "    " : "│   ")) }
            }
        }
    }

    /// What follows a thing, last line first.
    private static func pending(
        _ subject: Lineage.Subject, _ branches: [Lineage.Subject: Lineage.Branches], indent: String
    ) -> [Pending] {
        guard let found = branches[subject] else { return [] }
        var pending: [Pending] = []
        if found.omitted > 0 {
            pending.append(.omitted(found.omitted, indent: indent, isDeep: found.links.isEmpty))
        }
        for (index, link) in found.links.enumerated().reversed() {
            let isLast = index == found.links.count - 1 && found.omitted == 0
            pending.append(.link(link, from: subject, indent: indent, isLast: isLast))
        }
        return pending
    }

    // MARK: - Words

    private func words(_ subject: Lineage.Subject) -> String {
        switch subject {
        case .asset(let digest): lineage.pictures[digest].map(Self.words) ?? digest.short
        case .run(let id): lineage.steps[id].map(Self.words) ?? id.text
        }
    }

    private static func words(_ picture: Lineage.Picture) -> String {
        var parts = [picture.id.short, picture.size.map(\.description) ?? "not in the library"]
        if let title = picture.title { parts.append(title) }
        if let name = picture.name { parts.append(name) }
        if picture.isTrashed { parts.append("in the trash") }
        if let seed = picture.recipeSeed { parts.append("seed \(seed)") }
        if let prompt = picture.recipePrompt { parts.append(Phrase.oneLine(prompt)) }
        return parts.joined(separator: "  ")
    }

    private static func words(_ step: Lineage.Step) -> String {
        var parts = [step.id.text]
        if step.state != .finished { parts.append(step.state.rawValue) }
        if let seed = step.seed { parts.append("seed \(seed)") }
        if !step.prompt.isEmpty { parts.append(Phrase.oneLine(step.prompt)) }
        parts.append(step.model)
        return parts.joined(separator: "  ")
    }

    /// `9,980`.
    static func grouped(_ number: Int) -> String {
        var digits = String(number)
        var place = digits.count - 3
        while place > 0 {
            digits.insert(",", at: digits.index(digits.startIndex, offsetBy: place))
            place -= 3
        }
        return digits
    }
}

/// A lineage as a graph in the language of Graphviz.
enum LineageGraph {
    /// The whole graph: pictures are ellipses, runs are boxes, and arrows go from what was used to what was made.
    static func dot(_ lineage: Lineage) -> String {
        var lines = ["digraph lineage {", "    rankdir=LR;"]
        for picture in lineage.pictures.values.sorted(by: { $0.id.hex < $1.id.hex }) {
            let label = [
                picture.title ?? picture.name ?? picture.id.short,
                picture.size.map(\.description) ?? "not in the library",
            ]
            lines.append(node(.asset(picture.id), "ellipse", label, lineage))
        }
        for step in lineage.steps.values.sorted(by: { $0.id < $1.id }) {
            let label = [step.id.text, step.seed.map { "seed \($0)" }, Phrase.oneLine(step.prompt, 40)]
            lines.append(node(.run(step.id), "box", label.compactMap(\.self), lineage))
        }
        for link in lineage.links {
            let (run, asset) = (Lineage.Subject.run(link.run), Lineage.Subject.asset(link.asset))
            let (from, to) = link.role == .reference ? (asset, run) : (run, asset)
            lines.append("    \(quoted(from.text)) -> \(quoted(to.text)) [label=\(quoted(String(link.position + 1)))];")
        }
        let cuts = [lineage.up, lineage.down].flatMap { $0 }.filter { $0.value.omitted > 0 }
        for (subject, branches) in cuts.sorted(by: { $0.key.text < $1.key.text }) {
            let name = quoted("more \(subject.text)")
            let label = quoted("\(LineageText.grouped(branches.omitted)) more")
            lines.append("    \(name) [shape=plaintext, label=\(label)];")
            lines.append("    \(quoted(subject.text)) -> \(name) [style=dashed, arrowhead=none];")
        }
        return (lines + ["}"]).joined(separator: "\n")
    }

    private static func node(
        _ subject: Lineage.Subject, _ shape: String, _ label: [String], _ lineage: Lineage
    ) -> String {
        let mark = subject == lineage.root ? ", penwidth=3" : ""
        return "    \(quoted(subject.text)) [shape=\(shape), label=\(quoted(label.joined(separator: "\n")))\(mark)];"
    }

    /// A text as Graphviz reads it.
    private static func quoted(_ text: String) -> String {
        let escaped = text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
        return "\"\(escaped)\""
    }
}
