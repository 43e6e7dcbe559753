-- SPDX-License-Identifier: MIT
-- Pandoc filter: lists the numbers of a Markdown text instead of printing the text. The program
-- runs it behind numbers.lua, joined to one file, as
--     pandoc --from commonmark_x+sourcepos --to plain --lua-filter FILTER paper.md
-- and paper.sh prints with the same reader, so what is checked is what is printed. A line for each
-- finding, fields separated by tabs, lines and columns as pandoc counts them (a tab is up to four):
--     span    LINE COLUMN LAST_LINE COLUMN_BEHIND [KEY VALUE]...   [text]{key=value}
--     number  LINE COLUMN TEXT    in prose of a Results section, inside of no claim or param
--     math    LINE COLUMN TEXT    the same in math
--     open    LINE COLUMN WHAT    what hides the rest of the text, for want of its end
--     stray   LINE COLUMN KEY     {claim= or {param= that the reader takes for text
-- and `end` as the last one.
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

-- ---- math ----

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
