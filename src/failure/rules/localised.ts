/**
 * The C library's words for the refusals of the file system, in the languages in which they are met most. Helpers of ours run
 * tools in the C locale (`C_LOCALE`); this is for those who do not. In a language that is not here only errno names and exit
 * statuses count, so that an unknown sentence is `command_failed` rather than a guess.
 */
import type { TextPatterns } from '../rule.js';

export const LOCALISED_PATTERNS: readonly TextPatterns[] = [
  {
    subcode: 'path_too_long',
    any: [
      /Der Dateiname ist zu lang/,
      /Nom de fichier trop long/,
      /(?:Nombre de (?:archivo|fichero)|El nombre del (?:archivo|fichero) es) demasiado largo/,
      /ファイル名が長すぎます/,
      /文件名过长|文件名太长/,
      /Слишком длинное имя файла/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'file_locked',
    any: [
      /\.lock['»”」’]? ?(?:nicht erstellen|: Die Datei existiert bereits|: Le fichier existe|: El (?:archivo|fichero) ya existe|: ファイルが存在します|: 文件已存在|: Файл существует)/,
      /\.lock.{0,4}[:：] ?(?:Die Datei existiert bereits|Le fichier existe|El (?:archivo|fichero) ya existe|ファイルが存在します|文件已存在|Файл существует)/,
    ],
  },
  {
    subcode: 'permission_denied',
    any: [
      /Keine Berechtigung/,
      /Permission non accordée/,
      /Permiso denegado/,
      /許可がありません/,
      /权限不够/,
      /Отказано в доступе/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'disk_full',
    any: [
      /kein Speicherplatz mehr verfügbar/,
      /Aucun espace disponible sur le périphérique/,
      /No queda espacio en el dispositivo/,
      /デバイスに空き領域がありません/,
      /设备上没有空间/,
      /На устройстве (?:не осталось свободного|кончилось) мест/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'too_many_open_files',
    any: [
      /Zu viele offene Dateien/,
      /Trop de fichiers ouverts/,
      /Demasiados (?:archivos|ficheros) abiertos/,
      /開いているファイルが多すぎます/,
      /打开的文件(?:过|太)多/,
      /Слишком много открытых файлов/,
    ],
    isGeneric: true,
  },
  {
    subcode: 'executable_not_found',
    any: [
      /(?:ba|da|z)?sh: .{1,200}: (?:Kommando nicht gefunden|commande introuvable|orden no encontrada|コマンドが見つかりません|未找到命令|команда не найдена)/,
    ],
  },
];
