//! A form body.

use crate::language::object;

object! {
    /// `application/x-www-form-urlencoded`; nested values are written in brackets: `a[b]=1&c[0]=2`.
    pub struct Form as "form body" {
        /// `true`: the elements of a list are written `a[]=1&a[]=2` instead of `a[0]=1&a[1]=2`.
        /// ```yaml
        /// empty_brackets: true
        /// ```
        pub empty_brackets: Option<bool>,
    }
}
