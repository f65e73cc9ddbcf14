import AssetCatalog
public import AssetModel
import AssetStore
import Foundation

extension Library {
    /// What a query finds, newest first. For the next page hand back the last answer's `position` as `before`.
    public func search(
        _ query: SearchQuery, limit: Int = 50, before: Int64? = nil
    ) async throws(LibraryError) -> [SearchHit] {
        do { return try await catalog.search(query, limit: limit, before: before) } catch { throw LibraryError(error) }
    }

    /// One asset; nil when the library has none of this digest.
    public func asset(_ id: ContentDigest) async throws(LibraryError) -> Asset? {
        do { return try await catalog.asset(id) } catch { throw LibraryError(error) }
    }

    /// One generation; nil when there is none of this id.
    public func generation(_ id: Run.ID) async throws(LibraryError) -> Run? {
        do { return try await catalog.generation(id) } catch { throw LibraryError(error) }
    }

    /// The whole answer of a generation; nil while there is none.
    public func response(of id: Run.ID) async throws(LibraryError) -> JSONValue? {
        do {
            guard let text = try await catalog.response(of: id) else { return nil }
            return try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8))
        } catch {
            throw LibraryError(error)
        }
    }

    /// Where an original lies. The file is read-only; it is there unless someone took it away.
    public func path(of asset: ContentDigest, _ format: ImageFormat) -> String {
        store.path(of: asset, format)
    }

    /// Where something lies that a run made and that is not a picture. Throws when the journal gives it a file extension that
    /// no file should have.
    public func path(of file: Run.KeptFile) throws(LibraryError) -> String {
        do { return try store.path(of: file.digest, fileExtension: file.fileExtension) } catch {
            throw LibraryError(error)
        }
    }

    /// Counts and sums.
    public func statistics() async throws(LibraryError) -> LibraryStatistics {
        do { return try await catalog.statistics() } catch { throw LibraryError(error) }
    }
}
