"""Reports as people and programs want them."""
