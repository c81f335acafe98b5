//! Returns and notifications over a real socket: what is read, what is refused, what comes of it.

#[cfg(test)]
mod answers;
#[cfg(test)]
mod hints;
#[cfg(test)]
mod mock_pages;
#[cfg(test)]
mod racing;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod served;
#[cfg(test)]
mod sizes;
