"""What every view is made of: scenes, panels, sliders, rows, charts."""
