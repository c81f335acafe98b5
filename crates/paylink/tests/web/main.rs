//! Returns and notifications over a real socket: what is read, what is refused, what comes of it.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod own_routes;
#[cfg(test)]
mod served;
