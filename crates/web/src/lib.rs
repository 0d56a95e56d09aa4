//! The log as a service over HTTP: the static log, the JSON interface, and pages.
