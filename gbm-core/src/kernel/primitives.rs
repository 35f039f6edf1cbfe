//! How a module states its instruction set's primitives: functions that the compiler may inline into each other and into
//! the stages, since all of them enable the same instructions.

/// `primitives! { "feature"; name(argument: Type) -> Type { body } … }`
macro_rules! primitives {
    ($feature:literal;
     $($name:ident $(<const $n:ident: $of_n:ty>)? ($($arg:ident: $of:ty),*) $(-> $gives:ty)? $body:block)*) => {
        $(
            #[target_feature(enable = $feature)]
            #[inline]
            fn $name $(<const $n: $of_n>)? ($($arg: $of),*) $(-> $gives)? $body
        )*
    };
}
pub(super) use primitives;
