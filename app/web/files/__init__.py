"""Files that come and go: uploads, downloads, exports, forms."""
