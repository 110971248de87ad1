"""Training standards 培训标准: drafted, reviewed by named experts, put on notice, published by number; courses point at a version."""
