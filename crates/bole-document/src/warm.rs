/// Loads what is otherwise loaded at first use: the glyph list, the encodings, the tables of Adobe's four character
/// collections, and the predefined character maps that Chinese documents name.
///
/// Useful for a process that reads many documents, before the first of them, and before it gives up rights or time
/// that loading would take. Costs some 15 ms and 3 MiB once; later calls cost nothing. [`read()`](crate::read()) does
/// the same either way.
pub fn warm() {
    crate::font::warm();
}
