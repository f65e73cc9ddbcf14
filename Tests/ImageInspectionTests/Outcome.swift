import AssetModel
import ImageInspection

/// What an inspection gave, as one value that can be compared.
enum Outcome: Hashable, CustomStringConvertible {
    case facts(ImageFacts)
    case failure(InspectionError)

    init(_ inspect: () throws(InspectionError) -> ImageFacts) {
        do throws(InspectionError) {
            self = .facts(try inspect())
        } catch {
            self = .failure(error)
        }
    }

    init(bytes: [UInt8], limits: InspectionLimits = InspectionLimits()) {
        self.init { () throws(InspectionError) in try ImageInspector(limits: limits).inspect(bytes: bytes) }
    }

    init(path: String, limits: InspectionLimits = InspectionLimits()) {
        self.init { () throws(InspectionError) in try ImageInspector(limits: limits).inspect(fileAt: path) }
    }

    var facts: ImageFacts? { if case .facts(let facts) = self { facts } else { nil } }
    var error: InspectionError? { if case .failure(let error) = self { error } else { nil } }

    var description: String {
        switch self {
        case .facts(let facts): "\(facts)"
        case .failure(let error): "\(error.code): \(error)"
        }
    }
}
