"""Public credit information: records, repair, serious list and joint measures between cities."""
