/// The graph of pictures and runs around one of them: up, the run that made it, that run's references, and theirs; down, the runs
/// that used it, what they made, and what came of that.
///
/// A graph and no tree: the same bytes can come from two runs, and from themselves. Everything in it stands once, and the branches name it.
public struct Lineage: Hashable, Sendable {
    /// What a lineage is made of.
    public enum Subject: Hashable, Sendable {
        /// A picture.
        case asset(ContentDigest)
        /// A run.
        case run(Run.ID)
    }

    /// A picture, as far as a lineage shows it.
    public struct Picture: Hashable, Sendable {
        /// The digest of its bytes.
        public let id: ContentDigest
        /// Its size as seen; nil for a reference that the library has never had.
        public let size: PixelSize?
        /// The name of the file that it was first imported from; nil when it never was.
        public let name: String?
        /// What a person called it; nil when it has no title.
        public let title: String?
        /// Whether it is in the trash.
        public let isTrashed: Bool
        /// The prompt that another generator wrote into it; nil without one.
        public let recipePrompt: String?
        /// The seed of the same recipe; nil without one.
        public let recipeSeed: UInt64?

        package init(
            id: ContentDigest, size: PixelSize?, name: String?, title: String?, isTrashed: Bool, recipePrompt: String?,
            recipeSeed: UInt64?
        ) {
            self.id = id
            self.size = size
            self.name = name
            self.title = title
            self.isTrashed = isTrashed
            self.recipePrompt = recipePrompt
            self.recipeSeed = recipeSeed
        }
    }

    /// A run, as far as a lineage shows it.
    public struct Step: Hashable, Sendable {
        /// Its id.
        public let id: Run.ID
        /// How far it has come.
        public let state: Run.State
        /// The model.
        public let model: String
        /// The prompt, whole.
        public let prompt: String
        /// The seed that made its pictures, else the one asked for; nil when neither is known.
        public let seed: UInt64?
        /// How many references it has.
        public let referenceCount: Int
        /// How many pictures it made.
        public let outputCount: Int
        /// When it was planned.
        public let plannedAt: Timestamp

        package init(
            id: Run.ID, state: Run.State, model: String, prompt: String, seed: UInt64?, referenceCount: Int,
            outputCount: Int, plannedAt: Timestamp
        ) {
            self.id = id
            self.state = state
            self.model = model
            self.prompt = prompt
            self.seed = seed
            self.referenceCount = referenceCount
            self.outputCount = outputCount
            self.plannedAt = plannedAt
        }
    }

    /// How a picture and a run belong together.
    public enum Role: String, Hashable, Sendable, CaseIterable {
        /// The run used the picture.
        case reference
        /// The run made the picture.
        case output
    }

    /// That a run used a picture or made it.
    public struct Link: Hashable, Sendable {
        /// The run.
        public let run: Run.ID
        /// The picture.
        public let asset: ContentDigest
        /// Whether the run used it or made it.
        public let role: Role
        /// Its place among the references or the outputs of the run, from 0.
        public let position: Int

        package init(run: Run.ID, asset: ContentDigest, role: Role, position: Int) {
            self.run = run
            self.asset = asset
            self.role = role
            self.position = position
        }
    }

    /// What lies one step up or down of something.
    public struct Branches: Hashable, Sendable {
        /// In the order of the references or outputs of a run; of a picture, the runs that made it oldest first, and those that used it newest
        /// first.
        public let links: [Link]
        /// How many more there are that were left out, because there are too many or they lie too deep.
        public let omitted: Int

        package init(links: [Link], omitted: Int) {
            self.links = links
            self.omitted = omitted
        }
    }

    /// How far to look.
    public struct Extent: Hashable, Sendable {
        /// Whether to look at what led to it.
        public var up: Bool
        /// Whether to look at what came of it.
        public var down: Bool
        /// Through how many runs to go in each direction.
        public var depth: Int
        /// How many branches of one picture or run to show.
        public var width: Int

        /// At most this many pictures and runs are looked at in each direction; behind the last of them everything counts as too deep.
        package static let maximumCount = 20_000

        /// Without arguments: both directions, 20 runs deep, 20 branches each.
        public init(up: Bool = true, down: Bool = true, depth: Int = 20, width: Int = 20) {
            self.up = up
            self.down = down
            self.depth = depth
            self.width = width
        }
    }

    /// What was asked for.
    public let root: Subject
    /// Every picture in it.
    public let pictures: [ContentDigest: Picture]
    /// Every run in it.
    public let steps: [Run.ID: Step]
    /// What led to each thing; nothing for what lies below the root only.
    public let up: [Subject: Branches]
    /// What came of each thing; nothing for what lies above the root only.
    public let down: [Subject: Branches]

    package init(
        root: Subject, pictures: [ContentDigest: Picture], steps: [Run.ID: Step], up: [Subject: Branches],
        down: [Subject: Branches]
    ) {
        self.root = root
        self.pictures = pictures
        self.steps = steps
        self.up = up
        self.down = down
    }
}

extension Lineage.Link {
    /// The thing at the other end.
    public func other(than subject: Lineage.Subject) -> Lineage.Subject {
        subject == .run(run) ? .asset(asset) : .run(run)
    }
}

extension Lineage {
    /// Every link in it, each once: references before outputs, by run and position.
    public var links: [Link] {
        var seen: Set<Link> = []
        for branches in [up, down] { for branch in branches.values { seen.formUnion(branch.links) } }
        return seen.sorted {
            ($0.run, $0.role == .reference ? 0 : 1, $0.position, $0.asset.hex)
                < ($1.run, $1.role == .reference ? 0 : 1, $1.position, $1.asset.hex)
        }
    }

    /// How many branches were left out altogether.
    public var omittedCount: Int {
        up.values.reduce(0) { $0 + $1.omitted } + down.values.reduce(0) { $0 + $1.omitted }
    }
}
