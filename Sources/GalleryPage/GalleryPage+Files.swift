extension GalleryPage {
    /// Each file of `page` under its name; a test holds the two together.
    static let files: [String: [UInt8]] = [
        "api.mjs": PackageResources.api_mjs,
        "bar.mjs": PackageResources.bar_mjs,
        "compose.css": PackageResources.compose_css,
        "dom.mjs": PackageResources.dom_mjs,
        "events.mjs": PackageResources.events_mjs,
        "format.mjs": PackageResources.format_mjs,
        "grid.css": PackageResources.grid_css,
        "grid.mjs": PackageResources.grid_mjs,
        "icon.svg": PackageResources.icon_svg,
        "index.html": PackageResources.index_html,
        "keys.mjs": PackageResources.keys_mjs,
        "library.mjs": PackageResources.library_mjs,
        "main.mjs": PackageResources.main_mjs,
        "rail.mjs": PackageResources.rail_mjs,
        "router.mjs": PackageResources.router_mjs,
        "shell.css": PackageResources.shell_css,
        "theme.mjs": PackageResources.theme_mjs,
        "toasts.mjs": PackageResources.toasts_mjs,
        "tokens.css": PackageResources.tokens_css,
        "view.css": PackageResources.view_css,
    ]
}
