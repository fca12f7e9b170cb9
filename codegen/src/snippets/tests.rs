//! Small manifests, and what is written for them.
