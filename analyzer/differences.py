"""Two documents held against each other: what their texts and findings share."""
