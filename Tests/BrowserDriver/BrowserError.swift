/// What went wrong between a test and a browser, as a sentence.
package struct BrowserError: Error, CustomStringConvertible {
    package let description: String

    /// An error that says this.
    package init(_ description: String) { self.description = description }
}
