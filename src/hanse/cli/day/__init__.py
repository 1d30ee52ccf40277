"""One working day of the league over real HTTP: the main job, and its proof."""
