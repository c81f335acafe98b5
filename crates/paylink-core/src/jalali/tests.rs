mod calendar;
mod tehran;
mod text;
