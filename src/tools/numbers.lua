-- SPDX-License-Identifier: MIT
-- Pandoc filter: lists the numbers of a Markdown text instead of printing the text. The program
-- runs it as
--     pandoc --from commonmark_x+sourcepos --to plain --lua-filter numbers.lua paper.md
-- and paper.sh prints with the same reader, so what is checked is what is printed. A line for each
-- finding, fields separated by tabs, lines and columns as pandoc counts them (a tab is up to four):
--     span    LINE COLUMN LAST_LINE COLUMN_BEHIND [KEY VALUE]...   [text]{key=value}
--     number  LINE COLUMN TEXT    in prose of a Results section, inside of no claim or param
--     math    LINE COLUMN TEXT    the same in math
--     open    LINE COLUMN WHAT    what hides the rest of the text, for want of its end
--     stray   LINE COLUMN KEY     {claim= or {param= that the reader takes for text
-- and `end` as the last one. include/overlap/paper/paper.h says what counts as a number.
local source, results = {}, nil -- lines of the text; level of the Results section we are in, or nil
local lines = {} -- to be printed

local function emit(...)
  local fields = {...}
  for i, field in ipairs(fields) do fields[i] = tostring(field):gsub('[\t\r\n]', ' ') end
  lines[#lines + 1] = table.concat(fields, '\t')
end

-- ---- places ----

-- Where an element stands, in pandoc's words, or nil: "FILE@1:2-1:5;2:1-2:3".
local function pos_of(attributes)
  local pos = attributes and attributes['data-pos']
  return pos ~= '' and pos or nil
end

-- In numbers: first line and column, last line and the column behind.
local function place(pos)
  pos = pos:gsub('^.*@', '')
  local line, column = pos:match('(%d+):(%d+)%-')
  local last, behind = pos:match('(%d+):(%d+)$')
  return {line = tonumber(line), column = tonumber(column), last = tonumber(last), behind = tonumber(behind)}
end

-- A text in the making that knows where its parts stand in the source: part k starts at byte at[k].
local function new_run() return {parts = {}, at = {}, pos = {}, n = 0} end

local function add(run, text, pos)
  local k = #run.parts + 1
  run.parts[k], run.at[k], run.pos[k] = text, run.n + 1, pos
  run.n = run.n + #text
end

-- Source text that pandoc hands over in one piece: its lines are looked up, because a fence, marks
-- of quotes or an indentation may stand before them. `shown` is the text, byte by byte, with blanks
-- for what nobody sees.
local function add_verbatim(run, text, shown, pos)
  local line, column, done = place(pos).line, place(pos).column, 0
  for piece in (text .. '\n'):gmatch('[^\n]*\n') do
    local bare = piece:match('^%s*(.-)%s*$')
    local at
    for l = line, bare == '' and 0 or math.min(line + 2, #source) do
      local from = l == line and utf8.offset(source[l], column) or 1
      at = source[l]:find(bare, from or 1, true)
      if at then line, column = l, utf8.len(source[l], 1, at) or at break end
    end
    local indent = #piece:match('^%s*')
    column = at and math.max(1, column - indent) or 1
    add(run, shown:sub(done + 1, done + #piece), line .. ':' .. column .. '-' .. line .. ':' .. column)
    done = done + #piece
    line, column = line + 1, 1
  end
end

-- Line and column of byte i.
local function locate(run, text, i)
  local low, high = 1, #run.at
  while low < high do
    local middle = (low + high + 1) // 2
    if run.at[middle] <= i then low = middle else high = middle - 1 end
  end
  local start = place(run.pos[low])
  return start.line, start.column + (utf8.len(text, run.at[low], i) or 1) - 1
end

-- ---- numbers in prose ----

local function char_before(s, i) return s:sub(math.max(1, i - 4), i - 1):match('[%z\1-\127\194-\244][\128-\191]*$') or '' end

-- Letters as far as names of quantities have them: Latin, Greek, Cyrillic, mathematical ones.
local function is_letter(char)
  if #char < 2 then return char:match('%a') ~= nil end
  local c = utf8.codepoint(char)
  return (c >= 0xc0 and c < 0x2b0 and c ~= 0xd7 and c ~= 0xf7) or (c >= 0x370 and c < 0x530) or (c >= 0x1d400 and c < 0x1d7cc)
end

-- Behind a vulgar fraction at byte i (½, ⅔), or nil.
local function fraction_end(s, i) return s:match('^\xc2[\xbc-\xbe]()', i) or s:match('^\xe2\x85[\x90-\x9e]()', i) end

-- Behind the number at byte i: digits, points or commas between them, an exponent; ".5" in math.
local function number_end(s, i)
  local k = s:match('^%d+()', i)
  if not k then return fraction_end(s, i) end
  while s:match('^[.,]%d', k) do k = s:match('^[.,]%d+()', k) end
  return s:match('^[eE][+-]?%d+()', k) or fraction_end(s, k) or k
end

-- K4, v~0~, R_0_1, α2: part of a name; CIFAR-10 too, as far as it is a whole number.
local function is_name(s, i, word)
  local c = char_before(s, i)
  local inner = char_before(s, i - #c)
  local joins = c == '~' or c == '^' or c == '_' or (c == '-' and not word:match('%D'))
  return is_letter(c) or (c == '_' and inner:match('%d')) or (joins and is_letter(inner))
end

local ordinal = {st = true, nd = true, rd = true, th = true, d = true} -- 1st, 2nd, 3D

local function set(words)
  local t = {}
  for word in words:gmatch('%a+') do t[word] = true end
  return t
end
local reference = set('figure section equation table chapter theorem appendix footnote lemma')
local abbreviation = set('fig sect sec eq tab ref chap app')

local function trim(s)
  local before
  repeat before, s = s, s:gsub('%s+$', ''):gsub('\xc2\xa0$', '') until s == before
  return s
end

-- 1: "Fig. ", "Section ", "eq. (" at the end of s; 2: their plural. Only abbreviations have a full
-- stop: after others it ends a sentence.
local function reference_word(s)
  local head = trim((trim(s):gsub('%($', '')))
  local stop = head:match('%.$') ~= nil
  if head == s and not stop then return nil end
  local word = head:sub(1, stop and -2 or -1):match('%a*$'):lower()
  local single = word:match('^(.+)s$')
  word = single or word
  return (abbreviation[word] or (not stop and reference[word])) and (single and 2 or 1) or nil
end

-- "Figs. 2 and 3", "eqs. 4–6": the second number of a plural reference.
local function continues_reference(s)
  local head = trim(s):gsub('%($', '')
  local rest = head:match('^(.*)%f[%a]and$') or head:match('^(.*)%f[%a]to$') or head:match('^(.*)\xe2\x80\x93$') or head:match('^(.*)%-$')
  local first = rest and trim(rest):gsub('%)$', ''):match('^(.-)%d+%a?$')
  return first and reference_word(first) == 2
end

-- "(Goldt et al. 2019)", "(2019a; …)": a year in parentheses, but not "(N = 2000)".
local function is_year(s, i, word)
  local year = #word == 4 and tonumber(word)
  local before = s:sub(math.max(1, i - 300), i - 1)
  if not year or year < 1900 or year > 2100 or not s:match('^%a?[),;]', i + 4) or not trim(before):match('[%a(,;.]$') then return false end
  local depth = 0
  for k = #before, 1, -1 do
    local c = before:sub(k, k)
    depth = depth + (c == ')' and 1 or c == '(' and -1 or 0)
    if depth < 0 then return true end
  end
  return false
end

local function is_fine(s, i, stop)
  local word, before = s:sub(i, stop - 1), s:sub(math.max(1, i - 60), i - 1)
  local ending = s:match('^%a*', stop):lower()
  return is_name(s, i, word) or (not word:match('%D') and ordinal[ending]) or reference_word(before) or continues_reference(before) or
         is_year(s, i, word)
end

-- Calls found(i, stop) for every number of s that is not fine.
local function numbers(s, found)
  local i = s:find('[%d\xc2\xe2]')
  while i do
    local stop = number_end(s, i)
    if stop then
      if not is_fine(s, i, stop) then found(i, stop) end
      stop = s:match('^%^[%d+.-]+%^()', stop) or stop -- an exponent belongs to the number before it
    end
    i = s:find('[%d\xc2\xe2]', stop or i + 1)
  end
end

local function blank(s) return (s:gsub('%d', '\1'):gsub('[\xc2\xe2]', '\1')) end

-- Citations and addresses, which state nothing.
local function hide_references(s)
  s = s:gsub('%[[^%[%]]*%]', function(x) return (x:match('^%[@[%w_]') or x:match('[^%w]@[%w_]')) and blank(x) or nil end)
  s = s:gsub('%f[%w@]@[%w_:.-]*[%w_] ?%b[]', function(x) return blank(x) end):gsub('%f[%w@]@[%w_:.-]*[%w_]', blank)
  for _, prefix in ipairs({'[hH][tT][tT][pP][sS]?://', '[dD][oO][iI]:', '[aA][rR][xX][iI][vV]:'}) do s = s:gsub('%f[%a]' .. prefix .. '[^%s)%]}>]*', blank) end
  return s
end

-- HTML as it is shown: without comments, tags and their attributes.
local function hide_tags(s)
  return (s:gsub('<!%-%-.-%-%->', blank):gsub('</?%a[^<>]*>', blank):gsub('&frac(%d%d);', '     %1;'))
end

-- ---- numbers in math ----

local relations = {}
for word in ([[le leq ge geq ll gg approx simeq sim cong equiv lesssim gtrsim to rightarrow lt gt propto]]):gmatch('%a+') do
  relations['\\' .. word] = true
end
for _, sign in ipairs({'=', '<', '>', '≈', '≤', '≥', '→'}) do relations[sign] = true end

-- Past spaces and what spaces, aligns or signs.
local function skip_filling(s, i)
  while true do
    local k = s:match('^[%s{&~+-]+()', i) or s:match('^\\[,;:!> ]()', i) or s:match('^\\[pm][mp]()', i) or s:match('^\xe2\x88\x92()', i)
    if not k then return i end
    i = k
  end
end

local function literal_end(s, i)
  local k = number_end(s, s:match('^%.%d', i) and i + 1 or i)
  return k and k > i and k or nil
end

local function skip_times(s, i) return s:match('^\\times()', i) or s:match('^\\cdot()', i) end

-- 0 and 1 are structure rather than data, unless more of a number follows: 1/2, 1 \times 10^{-3}.
local function is_trivial(s, i, stop)
  if not s:sub(i, stop - 1):match('^[01]$') then return false end
  local k = skip_filling(s, stop)
  k = s:match('^/()', k) or skip_times(s, k)
  return not (k and s:match('^%d', skip_filling(s, k)))
end

-- Nothing but a number, as $0.0364$, $10^{-3}$, $\times 4$: prose in disguise. Where its digits are.
local function bare_number(s)
  local words = s:gsub('\\times', ''):gsub('\\cdot', ''):gsub('\\[pm][mp]', ''):gsub('\\q?quad', ''):gsub('\\[,;:!> ]', ''):gsub('\xe2\x88\x92', '')
  for at in words:gmatch('()\xc2[\xbc-\xbe]') do words = words:sub(1, at - 1) .. '00' .. words:sub(at + 2) end
  if words:match('[^%d%s+.,^{}\\%%/~\1-]') then return nil end
  local i = skip_filling(s, 1)
  return skip_filling(s, skip_times(s, i) or i)
end

-- Calls found(i, stop) for every number that the math states.
local function math_numbers(s, found)
  -- words and units in it are prose: the math is what remains
  for at, words in s:gmatch('\\[tmh][ebr][xo][tx]?%a*{()([^{}]*)}') do numbers(words, function(i, stop) found(at + i - 1, at + stop - 1) end) end
  for _, unit in ipairs({'\\text%a*%s*%b{}', '\\[mh]box%s*%b{}', '\\math[rs][mf]%s*%b{}', '\\mathit%s*%b{}'}) do
    s = s:gsub(unit, function(x) return ('\1'):rep(#x) end)
  end
  local function try(i)
    local stop = literal_end(s, i)
    if stop and not is_trivial(s, i, stop) then found(i, stop) end
  end
  local bare = bare_number(s)
  if bare then try(bare) end
  for i, sign, after in s:gmatch('()([=<>\xe2\\][\x80-\xbf]*%a*)()') do
    local is_word = sign:match('^\\')
    local mark = is_word and sign or sign:match('^[=<>]') or sign:match('^\xe2[\x80-\xbf]+')
    if relations[mark] then try(skip_filling(s, is_word and after or i + #mark)) end
  end
end

local function math_run(text, pos)
  local run, seen = new_run(), {}
  if not results then return end
  add_verbatim(run, text, text, pos)
  local whole = table.concat(run.parts)
  math_numbers(whole, function(i, stop)
    if seen[i] then return end
    seen[i] = true
    local line, column = locate(run, whole, i)
    emit('math', line, column, whole:sub(i, stop - 1))
  end)
end

-- ---- inlines ----

local blocks -- of a list of blocks; below

local function finish(run)
  local text = table.concat(run.parts)
  for i, inner in text:gmatch('(){([^{}]*)') do
    local key = inner:match('%f[%w](claim)%s*=') or inner:match('%f[%w](param)%s*=')
    if key then
      local line, column = locate(run, text, i)
      emit('stray', line, column, key)
    end
  end
  if not results then return end
  numbers(hide_references(text), function(i, stop)
    local line, column = locate(run, text, i)
    emit('number', line, column, text:sub(i, stop - 1))
  end)
end

local function span(el, attributes, pos)
  if #attributes < 2 then return false end
  local at = place(pos)
  local fields = {'span', at.line, at.column, at.last, at.behind}
  for key, value in pairs(attributes) do
    if key ~= 'data-pos' then
      fields[#fields + 1] = key
      fields[#fields + 1] = value
    end
  end
  emit(table.unpack(fields))
  return attributes.claim or attributes.param
end

local around = {Superscript = '^', Subscript = '~', Quoted = '"'}
local white = {Space = ' ', SoftBreak = '\n', LineBreak = '\n'}

local inlines

local handle_inline = {
  Math = function(el, run, pos)
    add(run, '\1', pos)
    math_run(el.text, pos)
  end,
  RawInline = function(el, run, pos)
    if el.format:match('^html') then add_verbatim(run, el.text, hide_tags(el.text), pos) end
  end,
  Note = function(el, _, pos) blocks(el.content, pos) end,
  Image = function(el, run, pos) inlines(el.caption, run, pos) end,
  Code = function(_, run, pos) add(run, '\1', pos) end,
}

function inlines(list, run, pos)
  for _, el in ipairs(list) do
    local tag = el.tag
    local attributes = tag ~= 'Str' and el.attributes
    local here = pos_of(attributes) or pos
    if tag == 'Str' then
      add(run, el.text, here)
    elseif white[tag] then
      add(run, white[tag], here)
    elseif handle_inline[tag] then
      handle_inline[tag](el, run, here)
    elseif tag == 'Span' and span(el, attributes, here) then
      add(run, '\1', here) -- covered
    else
      local mark = around[tag]
      if mark then add(run, mark, here) end
      inlines(el.content, run, here)
      if mark then add(run, mark, here) end
    end
  end
end

local function paragraph(list, pos)
  local run = new_run()
  inlines(list, run, pos)
  finish(run)
end

-- ---- blocks ----

local ends = {['<!--'] = '-->', ['<?'] = '?>', ['<![CDATA['] = ']]>'}

-- What begins here runs to the end of the text because nobody ended it.
local function check_end(text, pos, is_code)
  local at = place(pos)
  local first = source[at.line] or ''
  local fence = first:sub(utf8.offset(first, at.column) or 1):match('^%s*(```+)') or first:match('^%s*(~~~+)')
  if fence then
    local last = source[at.behind > 1 and at.last or at.last - 1] or ''
    local bare = last:match('^[%s>]*(.-)%s*$')
    local closed = #bare >= #fence and bare == fence:sub(1, 1):rep(#bare) and at.last - 1 > at.line
    if not closed then emit('open', at.line, at.column, 'code block') end
  elseif not is_code then
    local lower = text:lower()
    local tag = lower:match('^%s*<(%a+)')
    local raw = tag == 'script' or tag == 'style' or tag == 'pre' or tag == 'textarea'
    if raw and not lower:find('</' .. tag, 1, true) then emit('open', at.line, at.column, 'HTML element') end
    for open, close in pairs(ends) do
      local behind = text:match('^%s*()' .. open:gsub('%p', '%%%0'))
      if behind and not text:find(close, behind + #open, true) then emit('open', at.line, at.column, 'comment') end
    end
  end
end

local function enter_section(header)
  local name = (pandoc.utils.stringify(header.content) .. ' ' .. header.identifier):lower()
  local says = name:find('results', 1, true) or header.classes:includes('results')
  if results and header.level <= results then results = nil end
  if not results and says then results = header.level end
end

local function raw_block(el, pos)
  check_end(el.text, pos, false)
  if not el.format:match('^html') then return end
  local run = new_run()
  add_verbatim(run, el.text, hide_tags(el.text), pos)
  finish(run)
end

local function table_cells(el, pos)
  local simple = pandoc.utils.to_simple_table(el)
  paragraph(simple.caption, pos)
  for _, cell in ipairs(simple.headers) do blocks(cell, pos) end
  for _, row in ipairs(simple.rows) do
    for _, cell in ipairs(row) do blocks(cell, pos) end
  end
end

local function heading(el, pos)
  enter_section(el)
  local inside
  inside, results = results, nil -- its numbers are no prose, but claims in it are
  paragraph(el.content, pos)
  results = inside
end

local handlers = {
  Para = function(el, pos) paragraph(el.content, pos) end,
  Header = heading,
  CodeBlock = function(el, pos) check_end(el.text, pos, true) end,
  RawBlock = raw_block,
  Table = table_cells,
  LineBlock = function(el, pos)
    for _, line in ipairs(el.content) do paragraph(line, pos) end
  end,
  BulletList = function(el, pos)
    for _, item in ipairs(el.content) do blocks(item, pos) end
  end,
  DefinitionList = function(el, pos)
    for _, item in ipairs(el.content) do
      paragraph(item[1], pos)
      for _, text in ipairs(item[2]) do blocks(text, pos) end
    end
  end,
}
handlers.Plain, handlers.OrderedList = handlers.Para, handlers.BulletList

function blocks(list, pos)
  for _, el in ipairs(list) do
    local here = pos_of(el.attributes) or pos
    if handlers[el.tag] then
      handlers[el.tag](el, here)
    elseif el.content then
      blocks(el.content, here)
    end
  end
end

-- A line of the file as pandoc counts its columns.
local function plain_line(line)
  line = line:gsub('\r$', ''):gsub('^\xef\xbb\xbf', '')
  for tab in line:gmatch('\t') do
    local at = line:find(tab)
    line = line:sub(1, at - 1) .. (' '):rep(4 - (utf8.len(line, 1, at) - 1) % 4) .. line:sub(at + 1)
  end
  return line
end

function Pandoc(doc)
  local file = assert(io.open(PANDOC_STATE.input_files[1], 'rb'))
  for line in file:lines() do source[#source + 1] = plain_line(line) end
  file:close()
  blocks(doc.blocks, '1:1-1:1')
  emit('end')
  return pandoc.Pandoc({pandoc.RawBlock('plain', table.concat(lines, '\n'))})
end
